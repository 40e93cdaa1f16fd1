namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>An error that is not LoraEdge's own came out of LoraEdge.</summary>
internal sealed class UntypedErrorException(string message, Exception innerException) : Exception(message, innerException);
