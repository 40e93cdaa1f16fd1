using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>The attack tables against walking square by square.</summary>
public sealed class AttacksTests
{
    private static readonly (int, int)[] s_straight = [(1, 0), (-1, 0), (0, 1), (0, -1)];
    private static readonly (int, int)[] s_diagonal = [(1, 1), (-1, 1), (1, -1), (-1, -1)];

    [Test]
    public void RookAndBishop_WithRandomOccupancies_SeeWhatAWalkSees()
    {
        var random = new Random(7);
        for (int round = 0; round < 500; round++)
        {
            ulong occupied = (ulong)random.NextInt64() & (ulong)random.NextInt64();
            for (int square = 0; square < 64; square++)
            {
                Assert.That(Attacks.Rook(square, occupied), Is.EqualTo(Walk(square, occupied, s_straight)));
                Assert.That(Attacks.Bishop(square, occupied), Is.EqualTo(Walk(square, occupied, s_diagonal)));
            }
        }
    }

    [Test]
    public void Leapers_InACorner_StayOnTheBoard()
    {
        Assert.That(Attacks.Knight(0), Is.EqualTo(Squares("b3", "c2")));
        Assert.That(Attacks.King(63), Is.EqualTo(Squares("g8", "g7", "h7")));
        Assert.That(Attacks.Pawn(Side.White, 8), Is.EqualTo(Squares("b3")));
        Assert.That(Attacks.Pawn(Side.Black, 55), Is.EqualTo(Squares("g6")));
        Assert.That(Attacks.Pawn(Side.White, 63), Is.Zero);
    }

    [Test]
    public void Between_OnALine_ExcludesItsEnds()
    {
        Assert.That(Attacks.Between(0, 63), Is.EqualTo(Squares("b2", "c3", "d4", "e5", "f6", "g7")));
        Assert.That(Attacks.Between(4, 7), Is.EqualTo(Squares("f1", "g1")));
        Assert.That(Attacks.Between(0, 1), Is.Zero);
        Assert.That(Attacks.Between(0, 10), Is.Zero);
    }

    [Test]
    public void Line_ThroughTwoSquares_RunsFromEdgeToEdge()
    {
        Assert.That(Attacks.Line(18, 27), Is.EqualTo(Squares("a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8")));
        Assert.That(Attacks.Line(8, 1), Is.EqualTo(Squares("a2", "b1")));
        Assert.That(Attacks.Line(0, 10), Is.Zero);
        Assert.That(Attacks.Line(5, 5), Is.Zero);
    }

    private static ulong Squares(params string[] names)
    {
        ulong squares = 0;
        foreach (string name in names)
            squares |= 1UL << (name[0] - 'a' + 8 * (name[1] - '1'));
        return squares;
    }

    private static ulong Walk(int square, ulong occupied, (int File, int Rank)[] steps)
    {
        ulong seen = 0;
        foreach ((int fileStep, int rankStep) in steps)
        {
            int file = square % 8 + fileStep, rank = square / 8 + rankStep;
            bool isBlocked = false;
            while (!isBlocked && file is >= 0 and < 8 && rank is >= 0 and < 8)
            {
                ulong bit = 1UL << (8 * rank + file);
                seen |= bit;
                isBlocked = (occupied & bit) != 0;
                file += fileStep;
                rank += rankStep;
            }
        }
        return seen;
    }
}
