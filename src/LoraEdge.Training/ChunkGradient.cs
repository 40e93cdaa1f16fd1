using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Collects the gradient of a trunk's value from the chunks that it was cut into.</summary>
/// <param name="value">The value, borrowed.</param>
internal sealed class ChunkGradient(Tensor value) : IDisposable
{
    private Tensor? _gradient;

    /// <summary>The value, borrowed.</summary>
    public Tensor Value => value;

    /// <summary>The gradient, owned by this; null when there is none.</summary>
    public Tensor? Gradient => _gradient;

    /// <summary>A chunk as the start of a graph of its own; the caller's.</summary>
    public Tensor Leaf(PositionRange chunk)
    {
        using Tensor part = chunk.Of(value);
        Tensor leaf = part.detach();
        return value.requires_grad ? leaf.requires_grad_() : leaf;
    }

    /// <summary>Takes over what backward has left in a chunk's leaf.</summary>
    public void Take(Tensor leaf, PositionRange chunk)
    {
        Tensor? gradient = leaf.grad;
        if (gradient is null)
            return;
        if (chunk.IsAll)
        {
            _gradient = gradient;
            return;
        }

        using (gradient)
        {
            _gradient ??= zeros_like(value);
            using Tensor place = chunk.Of(_gradient);
            place.copy_(gradient);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gradient?.Dispose();
}
