namespace LoraEdge;

/// <summary>
/// The root of every error that LoraEdge raises on purpose. A message says what was found, where (file, node, layer,
/// field), what was expected, and what to do about it.
/// </summary>
public abstract class LoraEdgeException : Exception
{
    private protected LoraEdgeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
