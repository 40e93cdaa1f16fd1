namespace LoraEdge;

/// <summary>A file is encrypted and the key to it was not given, or another one was.</summary>
public sealed class EncryptionKeyException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public EncryptionKeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
