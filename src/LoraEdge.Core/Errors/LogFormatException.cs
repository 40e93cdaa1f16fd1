namespace LoraEdge;

/// <summary>A file of an interaction log, or an export of one, is damaged, of another kind, or written by a newer version.</summary>
public sealed class LogFormatException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public LogFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
