namespace Rival.Policy;

/// <summary>How well moves were predicted, as sums, so that scores of several players can be added.</summary>
/// <param name="Moves">Number of moves.</param>
/// <param name="NllSum">Sum of <c>-log p(played | legal moves)</c>, in nats.</param>
/// <param name="Hits">How many moves were the most probable one.</param>
public readonly record struct MoveScore(int Moves, double NllSum, int Hits)
{
    /// <summary>Mean negative log-likelihood, in nats.</summary>
    public double Nll => NllSum / Moves;

    /// <summary>Share of moves that were the most probable one (top-1), 0 to 1.</summary>
    public double Accuracy => (double)Hits / Moves;

    /// <summary>The score over the moves of both.</summary>
    public static MoveScore operator +(MoveScore one, MoveScore other) =>
        new(one.Moves + other.Moves, one.NllSum + other.NllSum, one.Hits + other.Hits);

    /// <summary>The score with one more move.</summary>
    internal MoveScore With(double nll, bool hit) => new(Moves + 1, NllSum + nll, Hits + (hit ? 1 : 0));
}
