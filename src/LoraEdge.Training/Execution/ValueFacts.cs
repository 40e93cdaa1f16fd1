using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>What is known of a value before anything runs: its type and shape, and its content when that is constant.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes of the axes.</param>
/// <param name="Constant">The content, borrowed; null when it depends on the model's inputs or on trained weights.</param>
internal sealed record ValueFacts(ScalarType Type, long[] Shape, Tensor? Constant);
