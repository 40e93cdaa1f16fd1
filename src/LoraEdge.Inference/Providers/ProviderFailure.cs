namespace LoraEdge.Inference;

/// <summary>An execution provider that cannot serve.</summary>
/// <param name="Tried">The provider, with what it was told.</param>
/// <param name="Reason">What ONNX Runtime says, in one line.</param>
public sealed record ProviderFailure(ProviderOptions Tried, string Reason);
