using Rival.Chess;

namespace Rival.Simulation;

/// <summary>What a simulated player likes. A taste of +1 makes a move e times as likely as the frozen model has it.</summary>
public interface ITaste
{
    /// <summary>How much the player to move likes a legal move, in nats on top of the model's score.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="ownMove">Number of own moves made before, from 0.</param>
    /// <param name="move">The move.</param>
    double Of(in Position position, int ownMove, Move move);
}
