using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>What is known of a value before anything runs: its type and shape, and its content when that is constant.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes of the axes; where the value varies, those of the run that the plan was built on.</param>
/// <param name="Constant">The content, borrowed; null when it depends on the model's inputs or on trained weights.</param>
/// <param name="Varies">Whether the shape depends on values and not only on the shapes of the model's inputs, as behind NonZero.</param>
/// <param name="IsTrained">Whether gradients flow through the value: a trained parameter leads to it.</param>
internal sealed record ValueFacts(ScalarType Type, long[] Shape, Tensor? Constant, bool Varies = false, bool IsTrained = false)
{
    /// <summary>Size of the content in bytes.</summary>
    public long Bytes => Shape.Aggregate((long)Type.ElementSize(), (product, size) => product * size);
}
