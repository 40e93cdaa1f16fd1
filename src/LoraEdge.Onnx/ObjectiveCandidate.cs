namespace LoraEdge.Onnx;

/// <summary>A value that training could minimise a loss on.</summary>
/// <param name="ValueName">Name of the value, for <see cref="Objective.ValueName"/>.</param>
/// <param name="Form">What its last axis holds; null for an output whose use the graph does not show: scores as well as numbers to regress on.</param>
/// <param name="Source">Where it was found, for example <c>the input of Softmax 'probabilities'</c>.</param>
/// <param name="LayerCount">How many adaptable layers lead to it; at least one.</param>
public sealed record ObjectiveCandidate(string ValueName, ObjectiveForm? Form, string Source, int LayerCount);
