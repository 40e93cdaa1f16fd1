using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>Counts of move paths, against the table at chessprogramming.org/Perft_Results.</summary>
public sealed class PerftTests
{
    [Test]
    public void LegalMoves_FromTheStart_CountThePublishedPaths() =>
        AssertPaths(Position.StartFen, 20, 400, 8902, 197281, 4865609);

    [Test]
    public void LegalMoves_OfKiwipete_CountThePublishedPaths() =>
        AssertPaths("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 48, 2039, 97862, 4085603);

    [Test]
    public void LegalMoves_WithPinnedEnPassant_CountThePublishedPaths() =>
        AssertPaths("8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", 14, 191, 2812, 43238, 674624);

    [TestCase("r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1")]
    [TestCase("r2q1rk1/pP1p2pp/Q4n2/bbp1p3/Np6/1B3NBn/pPPP1PPP/R3K2R b KQ - 0 1")]
    public void LegalMoves_WithPromotionsOfEitherSide_CountThePublishedPaths(string fen) =>
        AssertPaths(fen, 6, 264, 9467, 422333);

    [Test]
    public void LegalMoves_OfPositionFive_CountThePublishedPaths() =>
        AssertPaths("rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8", 44, 1486, 62379, 2103487);

    [Test]
    public void LegalMoves_OfPositionSix_CountThePublishedPaths() =>
        AssertPaths("r4rk1/1pp1qppp/p1np1n2/2b1p1B1/2B1P1b1/P1NP1N2/1PP1QPPP/R4RK1 w - - 0 10", 46, 2079, 89890, 3894594);

    [Test]
    public void LegalMoves_OfThePositionWithTheMostMoves_FitTheBuffer() =>
        AssertPaths("R6R/3Q4/1Q4Q1/4Q3/2Q4Q/Q4Q2/pp1Q4/kBNN1KB1 w - - 0 1", 218);

    private static void AssertPaths(string fen, params long[] expected)
    {
        Position position = Position.FromFen(fen);
        long[] counted = [.. Enumerable.Range(1, expected.Length).Select(depth => CountPaths(position, depth))];
        Assert.That(counted, Is.EqualTo(expected));
    }

    private static long CountPaths(in Position position, int depth)
    {
        Span<Move> moves = stackalloc Move[MoveGenerator.MaxMoves];
        int count = MoveGenerator.LegalMoves(position, moves);
        if (depth == 1)
            return count;
        long paths = 0;
        foreach (Move move in moves[..count])
        {
            Position next = position;
            next.Play(move);
            paths += CountPaths(next, depth - 1);
        }
        return paths;
    }
}
