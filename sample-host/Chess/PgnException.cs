namespace Rival.Chess;

/// <summary>No games can be had from a path; the message says which, what was found there, and what to do.</summary>
public sealed class PgnException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="message">Which path, what was found, what to do.</param>
    /// <param name="inner">The cause, if another exception was one.</param>
    public PgnException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The file or directory.</summary>
    public string Path { get; }
}
