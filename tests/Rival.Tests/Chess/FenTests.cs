using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class FenTests
{
    [TestCase(Position.StartFen)]
    [TestCase("rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1")]
    [TestCase("rnbqkbnr/pp1ppppp/8/2p5/4P3/5N2/PPPP1PPP/RNBQKB1R b Kq - 1 2")]
    [TestCase("8/8/8/4k3/8/8/8/4K2R w K - 99 150")]
    [TestCase("r3k3/8/8/8/8/8/8/4K3 b q - 0 1")]
    public void ToFen_AfterFromFen_GivesTheSameText(string fen) =>
        Assert.That(Position.FromFen(fen).ToFen(), Is.EqualTo(fen));

    [Test]
    public void FromFen_WithoutCounters_StartsThemAtZeroAndOne() =>
        Assert.That(
            Position.FromFen("8/8/8/4k3/8/8/8/4K3 w - -").ToFen(),
            Is.EqualTo("8/8/8/4k3/8/8/8/4K3 w - - 0 1"));

    [Test]
    public void FromFen_WithRightsWithoutARookAtHome_DropsThem() =>
        Assert.That(
            Position.FromFen("4k3/8/8/8/8/8/8/R3K3 w KQkq - 0 1").CastlingRights,
            Is.EqualTo(CastlingRights.WhiteQueenSide));

    [Test]
    public void FromFen_WithAnEnPassantSquareWithoutItsPawn_DropsIt() =>
        Assert.That(
            Position.FromFen("4k3/8/8/8/8/8/8/4K3 w - e6 0 1").EnPassantSquare,
            Is.EqualTo(Square.None));

    [TestCase("", "four to six fields")]
    [TestCase("4k3/8/8/8/8/8/8/4K3 w -", "four to six fields")]
    [TestCase("4k3/8/8/8/8/8/4K3 w - - 0 1", "eight ranks")]
    [TestCase("4k4/8/8/8/8/8/8/4K3 w - - 0 1", "eight ranks")]
    [TestCase("4k3/8/8/8/8/8/8/4K2X w - - 0 1", "'X'")]
    [TestCase("4k3/8/8/8/8/8/8/4KPPPPP w - - 0 1", "'P'")]
    [TestCase("4k3/8/8/8/8/8/8/8 w - - 0 1", "one king")]
    [TestCase("4k3/8/8/8/8/8/8/P3K3 w - - 0 1", "pawn")]
    [TestCase("4k3/8/8/QQQQQQQQ/QQQQQQQQ/8/8/4K3 w - - 0 1", "more pieces")]
    [TestCase("4k3/8/8/8/8/8/8/4K3 x - - 0 1", "'x'")]
    [TestCase("4k3/8/8/8/8/8/8/4R1K1 w - - 0 1", "capture the king")]
    [TestCase("4k3/8/8/8/8/8/8/4K2R w H - 0 1", "Chess960")]
    [TestCase("4k3/8/8/8/8/8/8/4K3 w - e9 0 1", "'e9'")]
    [TestCase("4k3/8/8/8/8/8/8/4K3 w - - x 1", "counters")]
    public void FromFen_OfAnUnplayableText_SaysWhatIsWrong(string fen, string reason) =>
        Assert.That(() => Position.FromFen(fen), Throws.TypeOf<FormatException>().With.Message.Contains(reason));
}
