using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>A node that does the work of several.</summary>
/// <param name="Node">The node, which takes the place of the last of them.</param>
/// <param name="Replaced">The others, which are left out.</param>
internal sealed record FusedNode(PlannedNode Node, IReadOnlyList<OnnxNode> Replaced);
