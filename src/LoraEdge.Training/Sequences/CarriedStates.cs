using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Sequences;

/// <summary>The states of a model before one step, owned; one entry a sequence on each one's batch axis.</summary>
/// <param name="declared">The states as the model declares them.</param>
/// <param name="values">Their values, taken over.</param>
internal sealed class CarriedStates(IReadOnlyList<ModelState> declared, Tensor[] values) : IDisposable
{
    private Tensor[] _values = values;

    /// <summary>How many states.</summary>
    public int Count => _values.Length;

    /// <summary>The value of a state, borrowed.</summary>
    public Tensor this[int index] => _values[index];

    /// <summary>The same values as the start of a graph of their own; the caller's.</summary>
    /// <param name="differentiable">Whether gradients of them are wanted.</param>
    public CarriedStates Detached(bool differentiable = false) => new(declared, [.. _values.Select(value =>
    {
        Tensor leaf = value.detach();
        return differentiable && leaf.is_floating_point() ? leaf.requires_grad_() : leaf;
    })]);

    /// <summary>The same with zeros for some sequences, through which no gradients flow; the caller's.</summary>
    public CarriedStates Restarted(long[] sequences) => new(declared, [.. _values.Select((value, index) => Zeroed(value, declared[index].BatchAxis, sequences))]);

    /// <summary>Takes over the states after a step.</summary>
    public void Become(CarriedStates next)
    {
        Dispose();
        (_values, next._values) = (next._values, []);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor value in _values)
            value.Dispose();
        _values = [];
    }

    private static Tensor Zeroed(Tensor value, int batchAxis, long[] sequences)
    {
        if (sequences.Length == 0)
            return value.alias();
        using Tensor rows = tensor(sequences, device: value.device);
        return value.index_fill(batchAxis, rows, Number.Of(0));
    }
}
