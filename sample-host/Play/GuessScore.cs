using Rival.Chess;

namespace Rival.Play;

/// <summary>A point of the learning curve.</summary>
/// <param name="Moves">Guessed moves so far.</param>
/// <param name="Frozen">Share that the frozen model guessed, 0 to 1.</param>
/// <param name="Adapted">Share that the player's mind guessed, 0 to 1.</param>
public readonly record struct CurvePoint(int Moves, double Frozen, double Adapted);

/// <summary>How many of a player's moves were guessed, by the frozen model and by what was in use for the player at that time.</summary>
public sealed class GuessScore
{
    /// <summary>The most points of <see cref="Curve"/>; beyond them every other one is dropped.</summary>
    public const int MostPoints = 200;

    private readonly List<CurvePoint> _curve = [];
    private int _interval = 1;

    /// <summary>Moves that were guessed.</summary>
    public int Moves { get; private set; }

    /// <summary>How many the frozen model had right.</summary>
    public int Frozen { get; private set; }

    /// <summary>How many the player's mind had right.</summary>
    public int Adapted { get; private set; }

    /// <summary>The shares by number of moves, evenly spaced.</summary>
    public IReadOnlyList<CurvePoint> Curve => _curve;

    /// <summary>Counts a move.</summary>
    public void Add(Move frozen, Move adapted, Move played)
    {
        Moves++;
        Frozen += SealedGuess.IsHit(frozen, played) ? 1 : 0;
        Adapted += SealedGuess.IsHit(adapted, played) ? 1 : 0;
        if (Moves % _interval != 0)
            return;
        _curve.Add(new CurvePoint(Moves, (double)Frozen / Moves, (double)Adapted / Moves));
        if (_curve.Count <= MostPoints)
            return;
        _interval *= 2;
        _curve.RemoveAll(point => point.Moves % _interval != 0);
    }
}
