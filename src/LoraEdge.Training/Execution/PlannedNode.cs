using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>A node as it will be run; it differs from the graph's where nodes were fused.</summary>
/// <param name="Node">The node whose operator is run.</param>
/// <param name="Inputs">Names of the values it reads, empty where an optional one is omitted; then those that its subgraphs read.</param>
/// <param name="Outputs">Names of the values it computes; empty where nobody names one.</param>
/// <param name="Builder">What prepares the operation of a fused node; null for the operator's own.</param>
internal sealed record PlannedNode(OnnxNode Node, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, OperatorBuilder? Builder = null);
