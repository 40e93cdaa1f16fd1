using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>
/// What is trained on top of a frozen graph. LoRA-FA, LoRA and full fine-tuning differ in this and in nothing else: the
/// executor asks for branches and replacements, the training loop for parameters.
/// </summary>
internal abstract class TrainableWeights : IDisposable
{
    /// <summary>The tensors that gradients are computed for, in a fixed order.</summary>
    public abstract IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The low-rank branch beside a frozen weight, or null when the weight has none.</summary>
    public virtual LowRankBranch? BranchOf(string weight) => null;

    /// <summary>The tensor that takes the place of a frozen initializer, or null when it stays.</summary>
    public virtual Tensor? Replacement(string initializer) => null;

    /// <summary>Brings the parameters back inside their bounds after an optimizer step.</summary>
    public virtual void Constrain()
    {
    }

    /// <summary>How often <see cref="Constrain"/> had something to bring back.</summary>
    public virtual long Clamped => 0;

    /// <summary>Copies the parameters' values.</summary>
    public float[][] Capture() => ParameterValues.Capture(Parameters);

    /// <summary>Puts captured values back.</summary>
    public void Restore(float[][] values) => ParameterValues.Restore(Parameters, values);

    /// <summary>Forgets the gradients of earlier steps.</summary>
    public void ClearGradients()
    {
        foreach (Tensor parameter in Parameters)
            parameter.grad = null;
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        foreach (Tensor parameter in Parameters)
            parameter.Dispose();
    }
}
