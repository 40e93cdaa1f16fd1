namespace LoraEdge;

/// <summary>An option, or a combination of options, cannot work with this model.</summary>
public sealed class InvalidOptionsException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public InvalidOptionsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
