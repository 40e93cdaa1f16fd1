namespace LoraEdge.Training.Conformance;

/// <summary>One case of an ONNX node test directory and how it ended.</summary>
/// <param name="Name">Name of the case's folder.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Operators">The model's operators, those of subgraphs too, each once, in graph order.</param>
/// <param name="Detail">What was refused, or which output differs how; empty when it passed.</param>
public sealed record ConformanceCase(string Name, ConformanceResult Result, IReadOnlyList<string> Operators, string Detail);
