using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class SanWritingTests
{
    [TestCase(Position.StartFen, "e2e4", "e4")]
    [TestCase("4k3/8/8/8/8/2N5/8/4K1N1 w - - 0 1", "g1e2", "Nge2", TestName = "Format_OfKnightsOnTwoFiles_NamesTheFile")]
    [TestCase("4k3/8/8/6N1/8/8/8/4K1N1 w - - 0 1", "g1f3", "N1f3", TestName = "Format_OfKnightsOnOneFile_NamesTheRank")]
    [TestCase("8/8/1k6/8/4Q2Q/8/8/K6Q w - - 0 1", "h4e1", "Qh4e1", TestName = "Format_OfThreeQueens_NamesTheSquare")]
    [TestCase("4k3/8/8/8/1b6/2N5/8/4K1N1 w - - 0 1", "g1e2", "Ne2", TestName = "Format_OfARivalInAPin_NamesNothing")]
    [TestCase("4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 1", "e5d6", "exd6", TestName = "Format_OfEnPassant_IsACapture")]
    [TestCase("3r2k1/4P3/8/8/8/8/8/4K3 w - - 0 1", "e7d8n", "exd8=N", TestName = "Format_OfAPromotion_NamesThePiece")]
    [TestCase("5k2/8/8/8/8/8/8/4K2R w K - 0 1", "e1g1", "O-O+", TestName = "Format_OfCastlingWithCheck_MarksIt")]
    [TestCase("r3k3/8/8/8/8/8/8/4K3 b q - 0 1", "e8c8", "O-O-O", TestName = "Format_OfLongCastling_HasThreeLetters")]
    [TestCase("6k1/5ppp/8/8/8/8/8/R3K3 w - - 0 1", "a1a8", "Ra8#", TestName = "Format_OfMate_MarksIt")]
    public void Format_OfAMove_IsStrictSan(string fen, string move, string san)
    {
        Position position = Position.FromFen(fen);
        Assert.That(San.TryParse(position, move, out Move read), Is.True);
        Assert.That(San.Format(position, read), Is.EqualTo(san));
    }
}
