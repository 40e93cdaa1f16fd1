namespace LoraEdge;

/// <summary>An adapter comes from before its player was forgotten, on this device or another. It was not stored.</summary>
public sealed class ProfileForgottenException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which profile, and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public ProfileForgottenException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
