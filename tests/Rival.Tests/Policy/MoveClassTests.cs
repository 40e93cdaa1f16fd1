using NUnit.Framework;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Tests.Policy;

public sealed class MoveClassTests
{
    private const string Promotions = "1n1k2n1/1P4P1/8/8/8/8/1p4p1/1N2K1N1 w - - 0 1";

    [TestCase(Position.StartFen)]
    [TestCase(Promotions)]
    [TestCase("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R b KQkq - 0 1")]
    public void ToMove_OfAClass_GivesTheMoveBack(string fen)
    {
        Position position = Position.FromFen(fen);
        foreach (Move played in Playouts.Moves(position, 80, new Random(3)))
        {
            foreach (Move move in Legal(position).Where(move => move.Promotion is Piece.None or Piece.Queen))
                Assert.That(MoveClass.ToMove(MoveClass.Of(move, position.SideToMove), position), Is.EqualTo(move), position.ToFen());
            position.Play(played);
        }
    }

    [Test]
    public void Of_LegalMoves_HasEachOriginAndDestinationOnceAscending()
    {
        Position position = Position.FromFen(Promotions);
        int[] expected = [.. Legal(position).Select(move => move.From * 64 + move.To).Distinct().Order()];
        Assert.That(MoveClass.Of(Legal(position), Side.White), Is.EqualTo(expected));
    }

    [Test]
    public void Of_AnUnderpromotion_IsTheClassOfTheQueen()
    {
        Position position = Position.FromFen(Promotions);
        Square.TryParse("b7", out int from);
        Square.TryParse("a8", out int to);
        int index = MoveClass.Of(new Move(from, to, Piece.Knight), Side.White);
        Assert.That(MoveClass.ToMove(index, position), Is.EqualTo(new Move(from, to, Piece.Queen)));
    }

    [Test]
    public void Of_TheMirroredMove_IsTheSame()
    {
        Position position = Position.FromFen(Promotions);
        Position mirrored = Position.FromFen(ReferencePlanes.Mirror(Promotions));
        Assert.That(MoveClass.Of(Legal(mirrored), Side.Black), Is.EqualTo(MoveClass.Of(Legal(position), Side.White)));
    }

    private static Move[] Legal(in Position position)
    {
        var moves = new Move[MoveGenerator.MaxMoves];
        return moves[..MoveGenerator.LegalMoves(position, moves)];
    }
}
