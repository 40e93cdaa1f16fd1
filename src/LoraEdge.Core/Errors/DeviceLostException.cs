namespace LoraEdge;

/// <summary>
/// The device of an execution provider went away in the middle of a run: a GPU that was removed, or whose driver was restarted. Players
/// go on without it by themselves; who runs a session directly opens another one.
/// </summary>
public sealed class DeviceLostException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public DeviceLostException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
