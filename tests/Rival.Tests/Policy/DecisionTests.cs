using LoraEdge;
using NUnit.Framework;
using Rival.Chess;
using Rival.Policy;
using Rival.Tests.Chess;

namespace Rival.Tests.Policy;

public sealed class DecisionTests
{
    private const string Game = "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. O-O *";

    [Test]
    public void Of_AGame_HasEveryMoveWithThePositionBeforeIt()
    {
        Decision[] decisions = [.. Decision.Of(Pgn.ReadOne(Game))];
        Assert.That(decisions.Select(decision => San.Format(decision.Position, decision.Played)),
            Is.EqualTo(new[] { "e4", "e5", "Nf3", "Nc6", "Bb5", "a6", "O-O" }));
        Assert.That(decisions.Select(decision => decision.Ply), Is.EqualTo(Enumerable.Range(0, 7)));
        Assert.That(decisions[3].History.ToArray(), Is.EqualTo(decisions[..3].Select(decision => decision.Played)));
    }

    [Test]
    public void ToRecord_OfADecision_HoldsItsPlanesAndItsMoveAmongTheLegalOnes()
    {
        Decision decision = Decision.Of(Pgn.ReadOne(Game)).Last();
        Interaction record = decision.ToRecord();
        HostTensor board = record.Inputs[PolicyRecord.Input];
        Assert.That(board.Shape, Is.EqualTo(new long[] { 1, 64, BoardPlanes.Count }));
        Assert.That(board.ElementType, Is.EqualTo(TensorElementType.UInt8));
        ulong[] planes = ReferencePlanes.Of(decision.Position.ToFen(), [.. decision.History.ToArray().Select(move => move.ToString())]);
        for (int plane = 0; plane < planes.Length; plane++)
            Assert.That(Enumerable.Range(0, 64).Aggregate(0UL, (sum, square) => sum | (ulong)board.Bytes[square * BoardPlanes.Count + plane] << square), Is.EqualTo(planes[plane]));
        Assert.That(record.Target.Classes, Is.EqualTo(new long[] { 4 * 64 + 6 }));
        Assert.That(record.Target.AllowedClasses, Does.Contain(4 * 64 + 6).And.Contain(33 * 64 + 42).And.Not.Contain(4 * 64 + 2));
    }
}
