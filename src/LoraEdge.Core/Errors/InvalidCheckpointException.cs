namespace LoraEdge;

/// <summary>A checkpoint of a training is damaged, or was made by another training than the one it is to continue. Start afresh.</summary>
public sealed class InvalidCheckpointException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public InvalidCheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
