using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>A pass for which autograd keeps all that backward needs.</summary>
/// <param name="value">The result, taken over.</param>
internal sealed class KeptPass(Tensor value) : IForwardPass
{
    /// <inheritdoc />
    public Tensor Value => value;

    /// <inheritdoc />
    public void Backward(Tensor gradient)
    {
        if (value.requires_grad)
            autograd.backward([value], [gradient]);
    }

    /// <inheritdoc />
    public void Dispose() => value.Dispose();
}
