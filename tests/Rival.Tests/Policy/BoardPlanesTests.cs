using NUnit.Framework;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Tests.Policy;

public sealed class BoardPlanesTests
{
    /// <summary>The plane that tells White from Black.</summary>
    private const int WhiteToMove = 45;

    private static readonly string[] s_starts =
    [
        Position.StartFen,
        "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1",
        "4k3/pppppppp/8/8/8/8/PPPPPPPP/4K3 b - - 0 18",
        "1n1k2n1/1P4P1/8/8/2Q1Q3/2Q1Q3/1p4p1/1N2K1N1 w - - 4 40",
        "r3k2r/8/8/8/8/8/8/R3K2R b KQkq - 0 1",
        "4k3/4r3/8/b6b/8/2N1B3/4R3/q3K2r w - - 0 9",
    ];

    [Test]
    public void Compute_AlongRandomGames_GivesThePlanesOfTheReference()
    {
        ForRandomPositions((position, history) =>
        {
            string fen = position.ToFen();
            ulong[] expected = ReferencePlanes.Of(fen, [.. history.Select(move => move.ToString())]);
            Assert.That(Planes(position, history), Is.EqualTo(expected), fen);
        });
    }

    [Test]
    public void Compute_OfTheMirroredPosition_DiffersInTheColourFlagAlone()
    {
        ForRandomPositions((position, history) =>
        {
            Position mirrored = Position.FromFen(ReferencePlanes.Mirror(position.ToFen()));
            Move[] mirroredHistory = [.. history.Select(move => new Move(move.From ^ 56, move.To ^ 56, move.Promotion))];
            ulong[] planes = Planes(position, history), expected = Planes(mirrored, mirroredHistory);
            expected[WhiteToMove] = ~expected[WhiteToMove];
            Assert.That(planes, Is.EqualTo(expected), position.ToFen());
        });
    }

    [Test]
    public void Expand_OfPlanes_PutsEachSquareOfEachInItsPlace()
    {
        var random = new Random(5);
        var planes = new ulong[BoardPlanes.Count];
        for (int i = 0; i < planes.Length; i++)
            planes[i] = (ulong)random.NextInt64() & (ulong)random.NextInt64();
        var input = new byte[64 * BoardPlanes.Count];
        Array.Fill(input, (byte)7);
        BoardPlanes.Expand(planes, input);
        for (int square = 0; square < 64; square++)
            for (int plane = 0; plane < BoardPlanes.Count; plane++)
                Assert.That(input[square * BoardPlanes.Count + plane], Is.EqualTo(planes[plane] >> square & 1));
    }

    private static void ForRandomPositions(Action<Position, Move[]> check)
    {
        var random = new Random(20250101);
        foreach (string fen in s_starts)
        {
            Position position = Position.FromFen(fen);
            List<Move> moves = Playouts.Moves(position, 30, random);
            for (int ply = 0; ply < moves.Count; ply++)
            {
                check(position, [.. moves.Take(ply)]);
                position.Play(moves[ply]);
            }
        }
    }

    private static ulong[] Planes(in Position position, Move[] history)
    {
        var legal = new Move[MoveGenerator.MaxMoves];
        int count = MoveGenerator.LegalMoves(position, legal);
        var planes = new ulong[BoardPlanes.Count];
        BoardPlanes.Compute(position, history, legal.AsSpan(0, count), planes);
        return planes;
    }
}
