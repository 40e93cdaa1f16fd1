using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Scoring;

/// <summary>Adapters that differ in B alone, and the frozen model, which has a B of zeros: they take turns on one copy of the weights.</summary>
internal sealed class AdapterGroup : IDisposable
{
    private readonly LowRankWeights _weights;
    private readonly LossPass _pass;
    private int _classCount;

    /// <param name="model">The model.</param>
    /// <param name="request">The order.</param>
    /// <param name="adapter">One of the adapters; null when there is the frozen model alone.</param>
    /// <param name="placement">Where to run the model.</param>
    /// <exception cref="LoraEdgeException">The adapter is for another model, or the model cannot be executed.</exception>
    public AdapterGroup(OnnxModel model, ScoreRequest request, Adapter? adapter, Placement placement)
    {
        _weights = adapter is null ? Frozen(model, request, placement) : LowRankWeights.Of(model, adapter, request.Calibrated, placement.Device);
        _pass = new LossPass(model, request.Objective, _weights, LossMemory.Of(request.Options, request.Limits, placement), placement);
    }

    /// <summary>B of the frozen model.</summary>
    public float[][] Zeros => [.. _weights.Parameters.Select(parameter => new float[parameter.numel()])];

    /// <summary>Runs one record, and checks that its value is one that the objective's loss can be computed on.</summary>
    /// <returns>Number of classes.</returns>
    public int RequireFit(Interaction record) => _classCount = _pass.RequireFit(record);

    /// <summary>Sum of the losses of each record, weighted.</summary>
    /// <param name="values">B of the adapter whose turn it is.</param>
    /// <param name="records">Records of one shape.</param>
    public double[] Score(float[][] values, IReadOnlyList<Interaction> records)
    {
        _weights.Restore(values);
        return _pass.ScoreEach(records, _classCount);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pass.Dispose();
        _weights.Dispose();
    }

    private static LowRankWeights Frozen(OnnxModel model, ScoreRequest request, Placement placement)
    {
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, request.Objective, request.Options.IncludeLayers, request.Options.ExcludeLayers);
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(0), model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], rank: 1);
        return new LowRankWeights(layers, factors.Matrices, rank: 1, scale: 1, trainA: false, placement.Device);
    }
}
