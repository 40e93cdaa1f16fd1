using Rival.Chess;

namespace Rival.Tests;

/// <summary>Random games for the tests: legal, senseless, the same every time.</summary>
internal static class Playouts
{
    /// <summary>Plays random moves from a position.</summary>
    internal static List<Move> Moves(Position position, int plies, Random random)
    {
        var moves = new List<Move>();
        var legal = new Move[MoveGenerator.MaxMoves];
        while (moves.Count < plies && MoveGenerator.LegalMoves(position, legal) is > 0 and var count)
        {
            moves.Add(legal[random.Next(count)]);
            position.Play(moves[^1]);
        }

        return moves;
    }

    /// <summary>The PGN of a random game.</summary>
    internal static string Pgn(string white, string black, string date, int plies, Random random)
    {
        Position position = Position.Start;
        var text = new System.Text.StringBuilder($"[White \"{white}\"]\n[Black \"{black}\"]\n[Date \"{date}\"]\n[Result \"*\"]\n\n");
        foreach (Move move in Moves(position, plies, random))
        {
            text.Append(San.Format(position, move)).Append(' ');
            position.Play(move);
        }

        return text.Append("*\n\n").ToString();
    }

    /// <summary>The PGN of several games of one player, who has White in every other one.</summary>
    internal static string Pgn(string player, int games, int plies, int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, games).Select(n =>
            n % 2 == 0 ? Pgn(player, $"Other{n}, A", $"2001.02.{n % 28 + 1:00}", plies, random) : Pgn($"Other{n}, A", player, $"2001.02.{n % 28 + 1:00}", plies, random)));
    }
}
