using LoraEdge;
using Rival.Chess;

namespace Rival.Policy;

/// <summary>One move of a game with what led to it.</summary>
/// <param name="Game">The game.</param>
/// <param name="Ply">Half-moves played before, from 0.</param>
/// <param name="Position">The position before the move.</param>
public readonly record struct Decision(PgnGame Game, int Ply, Position Position)
{
    /// <summary>The move that was played.</summary>
    public Move Played => Game.Moves[Ply];

    /// <summary>The moves before it, latest last.</summary>
    public ReadOnlySpan<Move> History => Game.Moves.AsSpan()[..Ply];

    /// <summary>Every decision of a game, in order.</summary>
    public static IEnumerable<Decision> Of(PgnGame game)
    {
        Position position = game.StartPosition;
        for (int ply = 0; ply < game.Moves.Length; ply++)
        {
            yield return new Decision(game, ply, position);
            position.Play(game.Moves[ply]);
        }
    }

    /// <summary>The decision as a record for training.</summary>
    public Interaction ToRecord() => PolicyRecord.Create(Position, History, Played);
}
