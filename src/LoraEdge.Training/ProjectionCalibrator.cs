using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// Computes a calibrated projection: for every layer the directions of its input along which the weight gradients of many
/// people lie, that is the top right-singular vectors of all their gradients stacked. A studio runs this once, on people
/// whose logs it may use, and ships the result beside the model.
/// </summary>
public sealed class ProjectionCalibrator : IDisposable
{
    private readonly OnnxModel _model;
    private readonly Objective _objective;
    private readonly IReadOnlyList<AdaptableLayer> _layers;
    private readonly FullWeights _weights;
    private readonly GraphExecutor _executor;
    private readonly Dictionary<string, Tensor> _moments = new(StringComparer.Ordinal);

    /// <summary>Prepares the calibration of a model.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="objective">The objective that adapters will be trained for.</param>
    /// <param name="threads">CPU threads that libtorch may use.</param>
    /// <exception cref="LoraEdgeException">The model cannot be executed, has nothing to adapt, or libtorch cannot be loaded.</exception>
    public ProjectionCalibrator(OnnxModel model, Objective objective, int threads = 1)
    {
        NativeLibtorch.EnsureLoaded();
        set_num_threads(threads);
        (_model, _objective) = (model, objective);
        _layers = ObjectiveLayers.Find(model, objective);
        _weights = new FullWeights(model.Graph, objective.ValueName);
        _executor = new GraphExecutor(model, _weights);
        foreach (AdaptableLayer layer in _layers)
            _moments[layer.WeightName] = zeros(layer.InFeatures, layer.InFeatures, ScalarType.Float64);
    }

    /// <summary>Number of people added so far.</summary>
    public int People { get; private set; }

    /// <summary>Adds one person's records. Every person counts alike, however many records there are.</summary>
    /// <param name="records">The person's records; at least one.</param>
    /// <param name="batchSize">Records per backward pass.</param>
    /// <exception cref="InvalidInputException">There are no records, or one does not fit.</exception>
    public void Add(IReadOnlyList<Interaction> records, int batchSize = 256)
    {
        if (records.Count == 0)
            throw new InvalidInputException("A person without records cannot take part in a calibration.");
        RecordCheck.Require(_model, _objective, records);
        int classCount = ObjectiveCheck.Require(_executor, _objective, records[0]);
        foreach (List<Interaction> group in RecordSampler.InOrder(records, batchSize))
            AccumulateGradient(group, classCount);
        using var _ = no_grad();
        foreach (AdaptableLayer layer in _layers)
            AddMoment(layer);
        _weights.ClearGradients();
        People++;
    }

    /// <summary>The projection of everyone added so far.</summary>
    /// <param name="rank">Rows per layer; adapters of this rank and of any lower one can use it.</param>
    /// <exception cref="InvalidInputException">Nobody was added.</exception>
    public CalibratedProjection Complete(int rank)
    {
        if (People == 0)
            throw new InvalidInputException("Nobody was added to the calibration.");
        using var _ = no_grad();
        return CalibratedProjection.Create(_model.Fingerprint, rank, _layers.Select(layer => new KeyValuePair<int, float[]>(layer.InitializerIndex, TopDirections(layer, rank))));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor moment in _moments.Values)
            moment.Dispose();
        _executor.Dispose();
        _weights.Dispose();
    }

    private void AccumulateGradient(List<Interaction> group, int classCount)
    {
        using RecordBatch batch = RecordBatcher.Create(group, classCount);
        using Tensor value = _executor.Run(batch.Inputs, _objective.ValueName)[0];
        using Tensor mean = ObjectiveLoss.Mean(_objective, value, batch), loss = mean.mul(group.Count);
        loss.backward();
    }

    /// <summary>Adds G^T * G of the person's gradient G (out, in), scaled to unit norm.</summary>
    private void AddMoment(AdaptableLayer layer)
    {
        using Tensor? gradient = _weights.Replacement(layer.WeightName)?.grad;
        if (gradient is null)
            return;
        using Tensor wide = gradient.to(ScalarType.Float64), norm = wide.norm(), safe = norm.clamp_min(1e-30), unit = wide.div(safe);
        using Tensor turned = unit.t();
        using Tensor moment = layer.IsTransposed ? turned.mm(unit) : unit.mm(turned);
        _moments[layer.WeightName].add_(moment);
    }

    private float[] TopDirections(AdaptableLayer layer, int rank)
    {
        (Tensor values, Tensor vectors) = linalg.eigh(_moments[layer.WeightName]);
        using (values)
        using (vectors)
        {
            // Eigenvalues come in ascending order, eigenvectors as columns.
            using Tensor turned = vectors.t(), last = turned.narrow(0, layer.InFeatures - rank, rank), descending = last.flip(0);
            using Tensor signed = WithFixedSign(descending), single = signed.to(ScalarType.Float32), packed = single.contiguous();
            return packed.data<float>().ToArray();
        }
    }

    /// <summary>The sign of an eigenvector is arbitrary; the largest component is made positive.</summary>
    private static Tensor WithFixedSign(Tensor rows)
    {
        using Tensor sizes = rows.abs(), position = sizes.argmax(1, keepdim: true), largest = rows.gather(1, position), sign = largest.sign();
        return rows.mul(sign);
    }
}
