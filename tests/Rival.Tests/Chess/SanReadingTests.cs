using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class SanReadingTests
{
    private const string Open = "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1";
    private const string Promoting = "3r2k1/4P3/8/8/8/8/8/4K3 w - - 0 1";
    private const string EnPassant = "4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 1";

    [TestCase("e4", "e2e4")]
    [TestCase("e2e4", "e2e4")]
    [TestCase("e2-e4", "e2e4")]
    [TestCase("Pe4", "e2e4")]
    [TestCase("Nf3", "g1f3")]
    [TestCase("Ngf3", "g1f3")]
    [TestCase("N1f3", "g1f3")]
    [TestCase("Ng1f3", "g1f3")]
    [TestCase("Ng1-f3", "g1f3")]
    [TestCase("g1f3", "g1f3")]
    [TestCase("Nf3!?", "g1f3")]
    [TestCase(" Nf3 ", "g1f3")]
    public void TryParse_OfAnOpeningMove_TakesEverySpelling(string text, string move) =>
        AssertReads(Position.StartFen, text, move);

    [TestCase("O-O", "e1g1")]
    [TestCase("0-0", "e1g1")]
    [TestCase("o-o", "e1g1")]
    [TestCase("OO", "e1g1")]
    [TestCase("O-O+", "e1g1")]
    [TestCase("O-O-O", "e1c1")]
    [TestCase("0-0-0!", "e1c1")]
    [TestCase("Ke1g1", "e1g1")]
    [TestCase("e1c1", "e1c1")]
    public void TryParse_OfCastling_TakesEverySpelling(string text, string move) => AssertReads(Open, text, move);

    [TestCase("e8=Q", "e7e8q")]
    [TestCase("e8Q+", "e7e8q")]
    [TestCase("e8(N)", "e7e8n")]
    [TestCase("e8/R", "e7e8r")]
    [TestCase("exd8=B", "e7d8b")]
    [TestCase("e7xd8Q#", "e7d8q")]
    [TestCase("e7e8q", "e7e8q")]
    [TestCase("e7d8b", "e7d8b")]
    [TestCase("ed8=Q", "e7d8q")]
    public void TryParse_OfAPromotion_TakesEverySpelling(string text, string move) => AssertReads(Promoting, text, move);

    [TestCase("exd6")]
    [TestCase("exd6e.p.")]
    [TestCase("exd6 e.p.")]
    [TestCase("exd6ep")]
    [TestCase("e5xd6")]
    [TestCase("e5:d6+")]
    public void TryParse_OfEnPassant_TakesEverySpelling(string text) => AssertReads(EnPassant, text, "e5d6");

    [Test]
    public void TryParse_WhenTheOtherCandidateIsPinned_NeedsNoDisambiguation() =>
        AssertReads("4k3/8/8/8/1b6/2N5/8/4K1N1 w - - 0 1", "Ne2", "g1e2");

    [Test]
    public void TryParse_OfEnPassantThatOpensTheRank_Refuses() =>
        AssertRefuses("8/8/8/K2pP2r/8/8/8/4k3 w - d6 0 1", "exd6");

    [TestCase(Position.StartFen, "")]
    [TestCase(Position.StartFen, "e5")]
    [TestCase(Position.StartFen, "Ke2")]
    [TestCase(Position.StartFen, "O-O")]
    [TestCase(Position.StartFen, "O-O-O-O")]
    [TestCase(Position.StartFen, "--")]
    [TestCase(Position.StartFen, "Z0")]
    [TestCase(Position.StartFen, "N")]
    [TestCase(Position.StartFen, "Nf")]
    [TestCase(Position.StartFen, "Nf3garbage")]
    [TestCase(Position.StartFen, "Nf3=Q")]
    [TestCase(Position.StartFen, "e4=Q")]
    [TestCase(Position.StartFen, "dxe4")]
    [TestCase(Position.StartFen, "e3e4")]
    [TestCase(Position.StartFen, "e7e5")]
    [TestCase(Promoting, "e8")]
    [TestCase(Promoting, "e8=K")]
    [TestCase("4k3/8/8/8/8/2N5/8/4K1N1 w - - 0 1", "Ne2")]
    [TestCase("4k3/8/8/8/8/8/4r3/R3K2R w KQ - 0 1", "O-O")]
    [TestCase("4k3/8/8/8/8/5r2/8/R3K2R w KQ - 0 1", "O-O")]
    public void TryParse_OfAnIllegalOrAmbiguousMove_Refuses(string fen, string text) => AssertRefuses(fen, text);

    private static void AssertReads(string fen, string text, string move)
    {
        Assert.That(San.TryParse(Position.FromFen(fen), text, out Move read), Is.True);
        Assert.That(read.ToString(), Is.EqualTo(move));
    }

    private static void AssertRefuses(string fen, string text) =>
        Assert.That(San.TryParse(Position.FromFen(fen), text, out _), Is.False);
}
