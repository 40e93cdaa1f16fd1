using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class MoveTests
{
    [Test]
    public void Value_OfEveryMove_RestoresTheMove()
    {
        for (int from = 0; from < 64; from++)
            for (int to = 0; to < 64; to++)
                for (Piece promotion = Piece.None; promotion <= Piece.Queen; promotion++)
                    AssertRestored(new Move(from, to, promotion), from, to, promotion);
    }

    [Test]
    public void ToString_OfAPromotion_IsWrittenAsInUci() =>
        Assert.That(new Move(52, 60, Piece.Queen).ToString(), Is.EqualTo("e7e8q"));

    [TestCase(0, "a1")]
    [TestCase(7, "h1")]
    [TestCase(8, "a2")]
    [TestCase(63, "h8")]
    public void Name_OfASquare_CountsFilesBeforeRanks(int square, string name)
    {
        Assert.That(Square.Name(square), Is.EqualTo(name));
        Assert.That(Square.TryParse(name, out int read), Is.True);
        Assert.That(read, Is.EqualTo(square));
    }

    private static void AssertRestored(Move move, int from, int to, Piece promotion)
    {
        var restored = new Move(move.Value);
        if (restored != move || restored.From != from || restored.To != to || restored.Promotion != promotion)
            Assert.Fail($"{from} {to} {promotion} became {restored}");
    }
}
