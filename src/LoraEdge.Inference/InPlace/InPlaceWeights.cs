using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Serves adapters by merging into buffers: in one session the adapted weights are inputs, and each run is fed those of its
/// player. While one set of buffers serves, the next adapter is merged into another, so a player who is adapted again and again
/// has two. ONNX Runtime packs no weight that is fed, and folds none: that is what runs cost more than merged ones, and why no
/// base value can be left over in what was folded.
/// </summary>
internal sealed class InPlaceWeights : IDisposable
{
    private readonly WeightMerger _merger;
    private readonly SessionRunner _runner;
    private readonly Initializer[] _weights;
    private readonly long _bytes;
    private readonly int _threads;
    private readonly Stack<WeightBuffers> _spare = new();
    private bool _closed;

    /// <summary>Opens the session, on the calling thread.</summary>
    /// <param name="model">The frozen model; borrowed.</param>
    /// <param name="layers">The layers that adapters may change; <see cref="Objection"/> has none.</param>
    /// <param name="threads">Threads of a merge, the calling one included.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    public InPlaceWeights(ServingModel model, IReadOnlyList<AdaptableLayer> layers, int threads)
    {
        _merger = model.Merger;
        _threads = threads;
        _weights = [.. layers.Select(layer => layer.WeightName).Distinct(StringComparer.Ordinal).Select(name => model.Model.Graph.ConstantOf(name)!)];
        _bytes = _weights.Sum(weight => weight.Count * sizeof(float));
        _runner = new SessionRunner(model.Model, model.Model.WithWeightsAsInputs([.. _weights.Select(weight => weight.Name)]), model.Settings, model.Weights);
    }

    /// <summary>Why a model cannot be served like this; null when it can.</summary>
    public static string? Objection(ServingModel model, IReadOnlyList<AdaptableLayer> layers)
    {
        if (model.Provider.InUse.Provider != ExecutionProvider.Cpu)
            return $"on {model.Provider.InUse.Provider} the weights would be copied to the device with every run.";
        if (layers.FirstOrDefault(layer => !model.Model.Graph.Initializers.TryGetValue(layer.WeightName, out Initializer? weight) || weight.DataType != OnnxDataType.Float) is { } other)
            return $"the weight of {other} is no initializer of float32.";
        return null;
    }

    /// <summary>Merges an adapter, on the calling thread.</summary>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public InPlaceSession Build(Adapter adapter)
    {
        WeightBuffers buffers = Take();
        try
        {
            _merger.MergeInto(adapter, buffers.Values, _threads);
            if (!_runner.TryEnter())
                throw new ObjectDisposedException(nameof(AdapterServer));
            ServingMetrics.AddMemory(ServingMode.InPlace, _bytes);
            return new InPlaceSession(this, _runner, buffers) { Adapter = adapter };
        }
        catch
        {
            Keep(buffers);
            throw;
        }
    }

    /// <summary>Takes buffers back that no run reads any more.</summary>
    public void Return(WeightBuffers buffers)
    {
        ServingMetrics.AddMemory(ServingMode.InPlace, -_bytes);
        Keep(buffers);
    }

    /// <summary>Releases the session when the last of those that were built is released.</summary>
    public void Dispose()
    {
        lock (_spare)
        {
            _closed = true;
            while (_spare.Count > 0)
                _spare.Pop().Dispose();
        }

        _runner.Close();
    }

    private WeightBuffers Take()
    {
        lock (_spare)
        {
            if (_spare.Count > 0)
                return _spare.Pop();
        }

        return new WeightBuffers(_weights);
    }

    // One set is kept for the next merge.
    private void Keep(WeightBuffers buffers)
    {
        lock (_spare)
        {
            if (!_closed && _spare.Count == 0)
                _spare.Push(buffers);
            else
                buffers.Dispose();
        }
    }
}
