using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>Whole random games, position by position, against <see cref="ReferenceBoard"/> and <see cref="ReferenceSan"/>.</summary>
public sealed class RandomPlayoutTests
{
    private static readonly string[] s_starts =
    [
        Position.StartFen,
        "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1",
        "4k3/pppppppp/8/8/8/8/PPPPPPPP/4K3 b - - 0 1",
        "1n1k2n1/1P4P1/8/8/2Q1Q3/2Q1Q3/1p4p1/1N2K1N1 w - - 0 1",
        "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1",
        "2n1k3/1N3N2/n7/3n1N2/4n3/1N5N/6n1/4K3 w - - 0 1",
    ];

    [Test]
    public void EveryPosition_OfRandomGames_HasTheMovesAndNotationOfTheReference()
    {
        var random = new Random(20240607);
        for (int game = 0; game < 18; game++)
            PlayOut(s_starts[game % s_starts.Length], random);
    }

    private static void PlayOut(string fen, Random random)
    {
        Position position = Position.FromFen(fen);
        Span<Move> moves = stackalloc Move[MoveGenerator.MaxMoves];
        for (int ply = 0; ply < 60; ply++)
        {
            int count = MoveGenerator.LegalMoves(position, moves);
            AssertLikeReference(position, moves[..count]);
            if (count == 0)
                return;
            position.Play(moves[random.Next(count)]);
        }
    }

    private static void AssertLikeReference(in Position position, ReadOnlySpan<Move> moves)
    {
        string fen = position.ToFen();
        ReferenceBoard board = ReferenceBoard.Read(fen);
        Dictionary<string, ReferenceBoard> legal = board.LegalMoves();
        Assert.That(moves.ToArray().Select(move => move.ToString()), Is.EquivalentTo(legal.Keys), fen);
        Assert.That(position.IsInCheck, Is.EqualTo(board.IsInCheck()), fen);
        foreach (Move move in moves)
        {
            AssertSameNext(position, move, legal[move.ToString()]);
            AssertSameNotation(position, move, ReferenceSan.Write(board, legal, move.ToString()));
        }
    }

    private static void AssertSameNext(Position position, Move move, ReferenceBoard expected)
    {
        position.Play(move);
        Assert.That(position.ToFen(), Does.StartWith(expected.Describe() + " "), move.ToString());
    }

    private static void AssertSameNotation(in Position position, Move move, string expected)
    {
        Assert.That(San.Format(position, move), Is.EqualTo(expected), position.ToFen());
        Assert.That(San.TryParse(position, expected, out Move read), Is.True, expected);
        Assert.That(read, Is.EqualTo(move), expected);
    }
}
