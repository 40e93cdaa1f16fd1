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

    /// <summary>The low-rank branch beside the nodes that read a weight under this name, or null when there is none.</summary>
    /// <param name="operand">Name of the weight, or of what nodes that pass it on make of it.</param>
    public virtual LowRankBranch? BranchOf(string operand) => null;

    /// <summary>The branch whose result is added to a value once that is computed, or null when there is none.</summary>
    /// <param name="value">Name of the value.</param>
    public virtual BranchBehind? BranchBehind(string value) => null;

    /// <summary>The change of a weight that nodes compute with as a whole, or null when there is none.</summary>
    /// <param name="weight">Name of the initializer, or of the output of the Constant node that holds it.</param>
    public virtual ChangedWeight? Changed(string weight) => null;

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
