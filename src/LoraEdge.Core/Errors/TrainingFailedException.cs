namespace LoraEdge;

/// <summary>Training could not go on, for example because the loss stopped being finite. No adapter was stored.</summary>
public sealed class TrainingFailedException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public TrainingFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
