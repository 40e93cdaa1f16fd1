namespace Rival.Policy;

/// <summary>How well a player's moves were predicted, over whole games and in the opening.</summary>
/// <param name="All">Over all moves.</param>
/// <param name="Opening">Over the moves of the first <see cref="OpeningPlies"/> plies of each game.</param>
public readonly record struct PolicyScore(MoveScore All, MoveScore Opening)
{
    /// <summary>How many half-moves of a game are its opening.</summary>
    public const int OpeningPlies = 20;

    /// <summary>The score over the moves of both.</summary>
    public static PolicyScore operator +(PolicyScore one, PolicyScore other) =>
        new(one.All + other.All, one.Opening + other.Opening);

    /// <summary>The score with one more move.</summary>
    internal PolicyScore With(int ply, double nll, bool hit) =>
        new(All.With(nll, hit), ply < OpeningPlies ? Opening.With(nll, hit) : Opening);
}
