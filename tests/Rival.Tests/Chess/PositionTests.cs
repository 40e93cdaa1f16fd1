using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PositionTests
{
    [Test]
    public void Play_OnACopy_LeavesTheOriginalAlone()
    {
        Position original = Position.Start;
        Position copy = original;
        copy.Play(new Move(12, 28));
        Assert.That(original.ToFen(), Is.EqualTo(Position.StartFen));
    }

    [TestCase("e2e4 c7c5 g1f3 b8c6", "r1bqkbnr/pp1ppppp/2n5/2p5/4P3/5N2/PPPP1PPP/RNBQKB1R w KQkq - 2 3")]
    [TestCase("e2e4 a7a6 e4e5 d7d5 e5d6", "rnbqkbnr/1pp1pppp/p2P4/8/8/8/PPPP1PPP/RNBQKBNR b KQkq - 0 3")]
    [TestCase("g1f3 g8f6 g2g3 g7g6 f1g2 f8g7 e1g1 e8g8", "rnbq1rk1/ppppppbp/5np1/8/8/5NP1/PPPPPPBP/RNBQ1RK1 w - - 4 5")]
    [TestCase("h2h4 g7g5 h4g5 h7h6 g5h6 a7a6 h6h7 a6a5 h7g8n", "rnbqkbNr/1ppppp2/8/p7/8/8/PPPPPPP1/RNBQKBNR b KQkq - 0 5")]
    public void Play_OfALine_LeadsToItsPosition(string line, string fen)
    {
        Position position = Position.Start;
        foreach (string move in line.Split(' '))
            position.Play(Read(position, move));
        Assert.That(position.ToFen(), Is.EqualTo(fen));
    }

    [Test]
    public void Play_OfACaptureOnARooksCorner_EndsThatRight()
    {
        Position position = Position.FromFen("r3k2r/8/8/8/8/8/6B1/R3K2R w KQkq - 0 1");
        position.Play(Read(position, "Bxa8"));
        Assert.That(
            position.CastlingRights,
            Is.EqualTo(CastlingRights.All & ~CastlingRights.BlackQueenSide));
    }

    [Test]
    public void PieceAt_AtTheStart_NamesEveryPiece()
    {
        string letters = string.Concat(Enumerable.Range(0, 64).Select(square => " PNBRQK"[(int)Position.Start.PieceAt(square)]));
        Assert.That(letters, Is.EqualTo("RNBQKBNR" + "PPPPPPPP" + new string(' ', 32) + "PPPPPPPP" + "RNBQKBNR"));
    }

    [Test]
    public void AttackersOf_ASquareInTheMiddle_FindsBothSides()
    {
        Position position = Position.FromFen("3rk3/8/2n5/8/3P4/2P2N2/8/4K3 w - - 0 1");
        ulong expected = Bits("d8", "c6", "c3", "f3");
        Assert.That(position.AttackersOf(27, position.Occupied), Is.EqualTo(expected));
    }

    [Test]
    public void HasLegalMove_WhenStalemated_IsFalseWithoutCheck()
    {
        Position position = Position.FromFen("7k/5Q2/6K1/8/8/8/8/8 b - - 0 1");
        Assert.That(MoveGenerator.HasLegalMove(position), Is.False);
        Assert.That(position.IsInCheck, Is.False);
    }

    private static Move Read(in Position position, string text)
    {
        Assert.That(San.TryParse(position, text, out Move move), Is.True, text);
        return move;
    }

    private static ulong Bits(params string[] names)
    {
        ulong bits = 0;
        foreach (string name in names)
            bits |= 1UL << (name[0] - 'a' + 8 * (name[1] - '1'));
        return bits;
    }
}
