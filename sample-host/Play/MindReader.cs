using LoraEdge;

namespace Rival.Play;

/// <summary>What the frozen model and the player's mind expect in the position on the board. Two inferences when it changes, none otherwise.</summary>
/// <param name="frozen">The frozen model.</param>
internal sealed class MindReader(RivalMind frozen)
{
    private (RivalGame? Game, int Ply, RivalMind? Mind, Adapter? Adapter) _seen;

    /// <summary>What the frozen model expects; null when the game is over.</summary>
    public MoveForecast? Frozen { get; private set; }

    /// <summary>What the player's mind expects; null when the game is over, or it has no adapter in use and so expects the same.</summary>
    public MoveForecast? Adapted { get; private set; }

    /// <summary>The frozen model.</summary>
    public RivalMind FrozenMind => frozen;

    /// <summary>Looks at a position, unless it was looked at already with the same adapter.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Look(RivalGame game, RivalMind mind)
    {
        (RivalGame, int, RivalMind, Adapter?) now = (game, game.Moves.Length, mind, mind.Profile.Adapter);
        if (_seen == now)
            return false;
        bool isSame = (_seen.Game, _seen.Ply) == (game, game.Moves.Length);
        _seen = now;
        if (!isSame)
            Frozen = Ask(frozen, game);
        Adapted = now.Item4 is null ? null : Ask(mind, game);
        return true;
    }

    /// <summary>What some mind expects of a game.</summary>
    /// <returns>Null when the game is over.</returns>
    public static MoveForecast? Ask(RivalMind mind, RivalGame game) =>
        game.IsOver ? null : MoveForecast.Of(mind.Infer(game.Position, game.Moves, game.Legal), game.Position, game.Legal);
}
