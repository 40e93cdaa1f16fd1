using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>Trains the low-rank branches of every adaptable layer that the objective depends on.</summary>
internal sealed class AdapterTrainingSession : ITrainingSession
{
    private readonly TrainingRequest _request;
    private readonly OnnxModel _model;
    private readonly Projection _projection;
    private readonly LowRankWeights _weights;
    private readonly Placement _placement;
    private readonly string _terms;
    private readonly TrainingLoop _loop;

    /// <param name="request">The order.</param>
    /// <param name="model">The model that it names.</param>
    /// <param name="checkpoint">Where to go on; null to start.</param>
    public AdapterTrainingSession(TrainingRequest request, OnnxModel model, ReadOnlyMemory<byte>? checkpoint = null)
    {
        TrainingOptions options = request.Options;
        (_request, _model) = (request, model);
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(_model, request.Objective, options.IncludeLayers, options.ExcludeLayers);
        ProjectionFactors factors = ProjectionFactors.Make(request.Projection, _model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], options.Rank);
        _projection = IsExplicit ? new Projection { Kind = ProjectionKind.Explicit } : factors.Projection;
        _placement = Placement.Of(options);
        _weights = new LowRankWeights(layers, factors.Matrices, options.Rank, options.Scale, trainA: IsExplicit, _placement.Device);
        try
        {
            _weights.LimitTo(options.TrustRegion);
            float[][]? initial = request.Initial is null ? null : InitialFactors.Of(request.Initial, Made([], new()), _weights.Branches);
            _terms = SessionTerms.Of(request, _model, _projection, _weights, _placement);
            TrainingState? resumed = checkpoint is { } bytes ? SessionCheckpoint.Read(bytes, _terms, [.. _weights.Parameters.Select(parameter => (int)parameter.numel())]) : null;
            _loop = new TrainingLoop(_model, _weights, request, _placement, initial, resumed);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    public TrainingProgress Progress => _loop.Progress;

    private bool IsExplicit => _request.Options.Method == AdaptationMethod.Lora;

    public bool Step() => _loop.Step();

    public void ReleaseCaches() => _loop.ReleaseCaches();

    public byte[] Checkpoint() => SessionCheckpoint.Write(_terms, _loop.State());

    public Adapter Complete() => _request.Initial is { } initial && _loop.Summary.Steps == 0
        ? initial
        : Made(_loop.AtBest(() => _weights.Branches.Select(Target).ToArray()), _loop.Summary);

    public void Dispose()
    {
        _loop.Dispose();
        _weights.Dispose();
        _placement.ReleaseUnusedMemory();
    }

    private Adapter Made(IReadOnlyList<AdapterTarget> targets, TrainingSummary training) => new()
    {
        Model = _model.Fingerprint,
        Projection = _projection,
        Rank = _request.Options.Rank,
        Scale = _request.Options.Scale,
        Targets = targets,
        Training = training,
    };

    private AdapterTarget Target(LowRankBranch branch) => new()
    {
        InitializerIndex = branch.Layer.InitializerIndex,
        OutFeatures = branch.Layer.OutFeatures,
        B = ParameterValues.Of(branch.B),
        A = IsExplicit ? ParameterValues.Of(branch.A) : null,
    };
}
