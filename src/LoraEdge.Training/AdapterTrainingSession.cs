using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>Trains the low-rank branches of every adaptable layer that the objective depends on.</summary>
internal sealed class AdapterTrainingSession : ITrainingSession
{
    private readonly TrainingRequest _request;
    private readonly OnnxModel _model;
    private readonly ProjectionFactors _factors;
    private readonly LowRankWeights _weights;
    private readonly Placement _placement;
    private readonly TrainingLoop _loop;

    public AdapterTrainingSession(TrainingRequest request)
    {
        TrainingOptions options = request.Options;
        options.Validate();
        request.Limits.Validate();
        request.Objective.Validate();
        _request = request;
        _model = OnnxModel.Load(request.ModelPath);
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(_model, request.Objective, options.IncludeLayers, options.ExcludeLayers);
        _factors = ProjectionFactors.Make(request.Projection, _model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], options.Rank);
        _placement = Placement.Of(options);
        TorchSharp.torch.set_num_threads(options.Threads);
        _weights = new LowRankWeights(layers, _factors.Matrices, options.Rank, options.Scale, trainA: options.Method == AdaptationMethod.Lora, _placement.Device);
        try
        {
            _weights.LimitTo(options.TrustRegion);
            _loop = new TrainingLoop(_model, _weights, request.Objective, request.Records, request.HeldOut, options, request.Limits, _placement);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    public TrainingProgress Progress => _loop.Progress;

    public bool Step() => _loop.Step();

    public void ReleaseCaches() => _loop.ReleaseCaches();

    public Adapter Complete()
    {
        bool explicitA = _request.Options.Method == AdaptationMethod.Lora;
        return new Adapter
        {
            Model = _model.Fingerprint,
            Projection = explicitA ? new Projection { Kind = ProjectionKind.Explicit } : _factors.Projection,
            Rank = _request.Options.Rank,
            Scale = _request.Options.Scale,
            Targets = _loop.AtBest(() => _weights.Branches.Select(branch => Target(branch, explicitA)).ToArray()),
            Training = _loop.Summary,
        };
    }

    public void Dispose()
    {
        _loop.Dispose();
        _weights.Dispose();
        _placement.ReleaseUnusedMemory();
    }

    private static AdapterTarget Target(LowRankBranch branch, bool explicitA) => new()
    {
        InitializerIndex = branch.Layer.InitializerIndex,
        OutFeatures = branch.Layer.OutFeatures,
        B = ParameterValues.Of(branch.B),
        A = explicitA ? ParameterValues.Of(branch.A) : null,
    };
}
