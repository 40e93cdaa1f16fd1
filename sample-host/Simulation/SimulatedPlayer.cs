namespace Rival.Simulation;

/// <summary>
/// A player who does not exist: the frozen model with a taste of its own. Good enough to show adaptation where no games of
/// real players are at hand, and no evidence that it works on real ones; <c>adapt</c> is for that.
/// </summary>
/// <param name="Name">What to call it.</param>
/// <param name="Description">What it likes, in a few words.</param>
/// <param name="Taste">What it likes, as numbers.</param>
public sealed record SimulatedPlayer(string Name, string Description, ITaste Taste)
{
    /// <summary>The three that come with the game.</summary>
    public static IReadOnlyList<SimulatedPlayer> All { get; } =
    [
        new("gambiteer", "storms the centre, captures, checks, never retreats", new GambiteerTaste()),
        new("fianchetto", "bishops on long diagonals, small pawn steps, no haste to trade", new FianchettoTaste()),
        new("eccentric", "the same odd opening every time, then everything to the rim", new EccentricTaste()),
    ];
}
