namespace LoraEdge;

/// <summary>An adapter file is missing, truncated, damaged, or written by a newer, incompatible version.</summary>
public sealed class AdapterFormatException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public AdapterFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the file is whole and only a newer LoraEdge can read it.</summary>
    public bool IsNewerVersion { get; init; }
}
