namespace LoraEdge;

/// <summary>Adapters cannot be stored, because another process has the storage folder open. Nothing was written.</summary>
public sealed class StoreReadOnlyException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which folder, who has it open, and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public StoreReadOnlyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
