namespace Rival.Chess;

/// <summary>A game that was left out.</summary>
/// <param name="Line">The line where reading it failed, 1-based.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record PgnSkip(int Line, string Reason)
{
    /// <summary>Line and reason in one text.</summary>
    public override string ToString() => $"line {Line}: {Reason}";
}
