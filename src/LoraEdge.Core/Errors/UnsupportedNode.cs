namespace LoraEdge;

/// <summary>One node of a model that LoraEdge cannot execute, and why.</summary>
/// <param name="Name">The node's name, or the name of its first output when it has none.</param>
/// <param name="Operator">Domain and operator, for example <c>ai.onnx.LSTM</c>.</param>
/// <param name="OpsetVersion">The opset version under which the model imports the operator's domain.</param>
/// <param name="Reason">Why it is not supported.</param>
public sealed record UnsupportedNode(string Name, string Operator, long OpsetVersion, string Reason);
