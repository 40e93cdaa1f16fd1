namespace LoraEdge;

/// <summary>An adapter does not belong to this model: another fingerprint, projection, rank or layer shape.</summary>
public sealed class AdapterMismatchException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public AdapterMismatchException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
