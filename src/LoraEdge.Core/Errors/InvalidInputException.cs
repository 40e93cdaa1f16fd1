namespace LoraEdge;

/// <summary>A tensor, a target or a record that the host handed over does not fit the model or the objective.</summary>
public sealed class InvalidInputException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public InvalidInputException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// The records that do not fit, all that were found, when the error is about some of a list: the others could be trained
    /// without them. Otherwise empty.
    /// </summary>
    public IReadOnlyList<Interaction> Records { get; init; } = [];
}
