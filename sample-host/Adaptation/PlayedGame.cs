using Rival.Chess;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>A game as one player of it sees it.</summary>
/// <param name="Game">The game.</param>
/// <param name="Side">The player's side.</param>
public readonly record struct PlayedGame(PgnGame Game, Side Side)
{
    /// <summary>The player's own moves, in order.</summary>
    public IEnumerable<Decision> Decisions
    {
        get
        {
            Side own = Side;
            return Decision.Of(Game).Where(decision => decision.Position.SideToMove == own);
        }
    }

    /// <summary>Number of the player's own moves; the sides alternate, so nothing is played out for it.</summary>
    public int OwnMoves => (Game.Moves.Length + (Game.StartPosition.SideToMove == Side ? 1 : 0)) / 2;
}
