using LoraEdge;
using NUnit.Framework;
using Rival.Chess;
using Rival.Policy;
using Rival.Tests.Chess;

namespace Rival.Tests.Policy;

public sealed class PolicyEvaluatorTests
{
    private static readonly Decision[] s_decisions = [.. Pgn.Read(Playouts.Pgn("A, B", games: 9, plies: 90, seed: 1), out _).SelectMany(Decision.Of)];

    [Test]
    public void Score_OverSeveralBatches_IsTheSoftmaxOverLegalMovesByHand()
    {
        Assert.That(s_decisions, Has.Length.GreaterThan(2 * PolicyEvaluator.BatchSize));
        PolicyScore score = new PolicyEvaluator().Score(Invented, s_decisions);
        (double Nll, bool Hit)[] expected = [.. s_decisions.Select(ByHand)];
        bool[] opening = [.. s_decisions.Select(decision => decision.Ply < 20)];
        AssertIs(score.All, expected);
        AssertIs(score.Opening, [.. expected.Where((_, i) => opening[i])]);
        Assert.That(score.All.Nll, Is.EqualTo(expected.Average(move => move.Nll)).Within(1e-9));
        Assert.That(score.Opening.Accuracy, Is.EqualTo(expected.Where((_, i) => opening[i]).Average(move => move.Hit ? 1.0 : 0.0)).Within(1e-12));
    }

    [Test]
    public void Score_OfHugeScores_DoesNotOverflow()
    {
        PolicyScore score = new PolicyEvaluator().Score((inputs, output, destination) => Fill(inputs, destination, (_, index) => 3e4f * (index % 3)), s_decisions[..50]);
        Assert.That(double.IsFinite(score.All.NllSum));
    }

    [Test]
    public void Score_UsedAgainAfterAFailure_StartsAfresh()
    {
        var evaluator = new PolicyEvaluator();
        Assert.Throws<InvalidInputException>(() => evaluator.Score((_, _, _) => throw new InvalidInputException("no"), s_decisions[..10]));
        Assert.That(evaluator.Score(Invented, s_decisions[..30]), Is.EqualTo(new PolicyEvaluator().Score(Invented, s_decisions[..30])));
    }

    [Test]
    public void Add_OfTwoScores_IsTheScoreOfBothTogether()
    {
        var evaluator = new PolicyEvaluator();
        PolicyScore sum = evaluator.Score(Invented, s_decisions[..100]) + evaluator.Score(Invented, s_decisions[100..]);
        PolicyScore whole = evaluator.Score(Invented, s_decisions);
        Assert.That(sum.All.Nll, Is.EqualTo(whole.All.Nll).Within(1e-12));
        Assert.That((sum.All.Hits, sum.Opening.Moves), Is.EqualTo((whole.All.Hits, whole.Opening.Moves)));
    }

    /// <summary>A network that is a formula: it depends on the board, so that mixed-up rows would show.</summary>
    private static float Invented(int board, int index) => (float)(4 * Math.Sin((index * 0.37) + (board % 1000)));

    private static int Invented(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination)
    {
        Assert.That(output, Is.EqualTo(PolicyRecord.Output));
        return Fill(inputs, destination, Invented);
    }

    private static int Fill(IReadOnlyDictionary<string, HostTensor> inputs, Span<float> destination, Func<int, int, float> logit)
    {
        HostTensor board = inputs[PolicyRecord.Input];
        int rows = (int)board.Shape[0], size = board.Bytes.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            int hash = Hash(board.Bytes.AsSpan(row * size, size));
            for (int index = 0; index < MoveClass.Count; index++)
                destination[(row * MoveClass.Count) + index] = logit(hash, index);
        }

        return rows * MoveClass.Count;
    }

    private static int Hash(ReadOnlySpan<byte> board)
    {
        int hash = 17;
        foreach (byte value in board)
            hash = ((hash * 31) + value) & 0xFFFFFF;
        return hash;
    }

    private static (double Nll, bool Hit) ByHand(Decision decision)
    {
        Interaction record = decision.ToRecord();
        int hash = Hash(record.Inputs[PolicyRecord.Input].Bytes);
        Dictionary<int, double> weights = record.Target.AllowedClasses!.ToDictionary(index => index, index => Math.Exp(Invented(hash, index)));
        int played = (int)record.Target.Classes![0];
        return (-Math.Log(weights[played] / weights.Values.Sum()), weights.MaxBy(entry => entry.Value).Key == played);
    }

    private static void AssertIs(MoveScore score, (double Nll, bool Hit)[] expected)
    {
        Assert.That(score.Moves, Is.EqualTo(expected.Length));
        Assert.That(score.NllSum, Is.EqualTo(expected.Sum(move => move.Nll)).Within(1e-6));
        Assert.That(score.Hits, Is.EqualTo(expected.Count(move => move.Hit)));
    }
}
