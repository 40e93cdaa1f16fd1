using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>A forward pass that waits for the gradient of its result.</summary>
internal interface IForwardPass : IDisposable
{
    /// <summary>The result, owned by the pass.</summary>
    Tensor Value { get; }

    /// <summary>Adds to the gradients of all trained parameters that lead to the result. Once a pass.</summary>
    /// <param name="gradient">Gradient of what is minimised with respect to <see cref="Value"/>, of its shape; borrowed.</param>
    void Backward(Tensor gradient);
}
