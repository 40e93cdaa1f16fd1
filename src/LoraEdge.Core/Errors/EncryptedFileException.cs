namespace LoraEdge;

/// <summary>An encrypted file is damaged, was altered, is of another kind, or was written by a newer version.</summary>
public sealed class EncryptedFileException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public EncryptedFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
