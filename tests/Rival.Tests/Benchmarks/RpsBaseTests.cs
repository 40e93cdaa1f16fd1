using LoraEdge.Benchmarks.Gate;
using LoraEdge.Onnx;
using NUnit.Framework;

namespace Rival.Tests.Benchmarks;

/// <summary>The quick model of the gate's benchmark: it reads people as they played, and knows more than how often moves occur.</summary>
public sealed class RpsBaseTests
{
    [Test]
    public void Read_KeepsEachPersonsRoundsInOrder_AndLeavesOutThoseWithoutAMove()
    {
        using var scratch = new Scratch();
        string path = scratch.Write("rounds.csv", "player_id,round,player_move,bot_move\nb,2,paper,rock\nb,1,rock,scissors\na,1,none,rock\nb,3,NA,rock\n");
        IReadOnlyList<RpsPerson> people = RpsPerson.Read(path);
        Assert.That(people.Select(person => person.Id), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(people[0].Rounds, Is.Empty);
        Assert.That(people[1].Rounds, Is.EqualTo(new[] { new RpsRound(0, 2), new RpsRound(1, 0) }));
    }

    [Test]
    public void Records_KnowEarlierRoundsAndNoLaterOnes()
    {
        var person = new RpsPerson("p", [new(0, 1), new(2, 2), new(1, 0)]);
        float[][] inputs = [.. RpsNetwork.Records(person).Select(record => record.Inputs["rounds"].AsSpan<float>().ToArray())];
        Assert.That(inputs[0], Is.All.Zero);
        Assert.That(inputs.Select(input => input.Sum()), Is.EqualTo(new[] { 0f, 1f, 2f }));
        Assert.That((inputs[1][1], inputs[2][8], inputs[2][9 + 1]), Is.EqualTo((1f, 1f, 1f)));
    }

    [Test]
    public void Base_OfSomePeople_PredictsOthersBetterThanTheFrequenciesOfMoves()
    {
        IReadOnlyList<RpsPerson> people = RpsPerson.Read(TestData.Require("rps/rounds.csv"));
        RpsPerson[] known = [.. people.Where(person => !person.IsHeldOut)], heldOut = [.. people.Where(person => person.IsHeldOut)];
        Assert.That(heldOut, Has.Length.InRange(60, 140));
        OnnxModel model = RpsBase.Train(known);
        double loss = RpsBase.Loss(model, heldOut), frequencies = FrequencyLoss(heldOut);
        TestContext.Out.WriteLine($"{heldOut.Length} people: loss {loss:F4}, frequencies {frequencies:F4}");
        Assert.That(loss, Is.LessThan(frequencies - 0.15));
    }

    /// <summary>The loss of a constant predictor that knows how often the moves occur in the test itself.</summary>
    private static double FrequencyLoss(IEnumerable<RpsPerson> people)
    {
        double[] counts = [.. people.SelectMany(person => person.Rounds).CountBy(round => round.Own).Select(entry => (double)entry.Value)];
        return counts.Sum(count => -count * Math.Log(count / counts.Sum())) / counts.Sum();
    }
}
