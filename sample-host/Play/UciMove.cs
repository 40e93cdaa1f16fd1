using Rival.Chess;

namespace Rival.Play;

/// <summary>Reads the move notation of the UCI protocol.</summary>
internal static class UciMove
{
    /// <summary>The legal move that a text means, such as <c>e2e4</c> or <c>e7e8q</c>; null when it means none.</summary>
    public static Move? Find(ReadOnlySpan<Move> legal, string text)
    {
        foreach (Move move in legal)
        {
            if (move.ToString() == text)
                return move;
        }

        return null;
    }
}
