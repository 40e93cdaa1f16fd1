namespace LoraEdge;

/// <summary>Training and serving compute different outputs from the same model and adapter, so neither may be trusted.</summary>
public sealed class ParityException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public ParityException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
