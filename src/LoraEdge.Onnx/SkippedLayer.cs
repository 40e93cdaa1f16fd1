namespace LoraEdge.Onnx;

/// <summary>A weight that is not adapted.</summary>
/// <param name="Name">Name of the initializer, or of the value that is used as the weight.</param>
/// <param name="Reason">Why it is not adapted, as a sentence without its end.</param>
public sealed record SkippedLayer(string Name, string Reason);
