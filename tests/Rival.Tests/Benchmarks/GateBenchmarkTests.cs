using LoraEdge;
using LoraEdge.Benchmarks;
using LoraEdge.Benchmarks.Gate;
using NUnit.Framework;

namespace Rival.Tests.Benchmarks;

/// <summary>The gate's benchmark: who takes part, what nobody can learn from, and logs that have gone wrong.</summary>
public sealed class GateBenchmarkTests
{
    private static readonly RpsPerson s_person = new("p", [new(0, 1), new(2, 2), new(1, 0), new(0, 0)]);

    [Test]
    public void People_OfTheTest_AreUnknownToTheBaseAndToTuning()
    {
        TestData.Require("rps/rounds.csv");
        RpsPeople people = RpsPeople.Read(new BenchmarkData(null));

        Assert.That(people.Test, Has.Count.InRange(30, 70));
        Assert.That(people.Test.All(person => person.IsHeldOut && !RpsPeople.IsForTuning(person)));
        Assert.That(people.Known.Select(person => person.Id).Intersect(people.Test.Select(person => person.Id)), Is.Empty);
    }

    [Test]
    public void People_OfAGivenFile_AreAllInTheTest_AndNotInTheBase()
    {
        TestData.Require("rps/rounds.csv");
        RpsPerson known = RpsPeople.Read(new BenchmarkData(null)).Known[0];
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.At("rps"));
        scratch.Write("rps/rounds.csv", $"player_id,round,player_move,bot_move\n{known.Id},1,paper,rock\nsomebody,1,rock,rock\n");
        RpsPeople people = RpsPeople.Read(new BenchmarkData(scratch.Folder));

        Assert.That(people.Test.Select(person => person.Id), Is.EquivalentTo(new[] { known.Id, "somebody" }));
        Assert.That(people.Known.Select(person => person.Id), Does.Not.Contain(known.Id));
    }

    [Test]
    public void Draw_FollowsTheSoftmax()
    {
        float[] logits = [MathF.Log(0.2f), MathF.Log(0.5f), MathF.Log(0.3f)];
        int[] counts = new int[3];
        for (int i = 0; i < 1000; i++)
            counts[NullLogs.Draw(logits, (i + 0.5) / 1000)]++;

        Assert.That(counts, Is.EqualTo(new[] { 200, 500, 300 }));
    }

    [Test]
    public void NullLogs_AreOfTheSameLength_AndTheSameForOneSeed()
    {
        RpsPerson[] people = [s_person, s_person with { Id = "q" }];
        IReadOnlyList<Interaction>[] one = NullLogs.Draw(RpsNetwork.Create(1), people, 40, seed: 3), again = NullLogs.Draw(RpsNetwork.Create(1), people, 40, seed: 3);

        Assert.That(one.Select(log => log.Count), Is.EqualTo(new[] { 40, 40 }));
        Assert.That(one[1].Select(Label), Is.EqualTo(again[1].Select(Label)));
        Assert.That(one[0].Select(Label).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void BadLogs_AreAsLongAsTheGoodOnes_AndAreWhatTheyAreCalled()
    {
        Interaction[] log = [.. Enumerable.Range(0, 5).SelectMany(_ => RpsNetwork.Records(s_person))];
        var spoiled = BadLog.All.ToDictionary(bad => bad.Name, bad => bad.Spoil(log, log, new Random(1)));

        Assert.That(spoiled.Values.Select(one => one.Log.Count), Is.All.EqualTo(log.Length));
        Assert.That(spoiled["shuffled labels"].Log.Select(Label), Is.EquivalentTo(log.Select(Label)).And.Not.EqualTo(log.Select(Label)));
        Assert.That(spoiled["constant labels"].HeldOut.Select(Label), Is.All.Zero);
        Assert.That(spoiled["NaN inputs"].Log.Count(record => float.IsNaN(record.Inputs["rounds"].AsSpan<float>()[0])), Is.EqualTo(2));
        Assert.That(spoiled["wrong shapes"].Log[0].Inputs["rounds"].Shape.ToArray(), Is.EqualTo(new[] { 1, 89 }));
        Assert.That(spoiled["one record again and again"].Log.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void ShareBy_CountsThoseWhoAreHelpedAlone()
    {
        GatedLog At(params long[] promoted) => new(300, promoted, null, new AdaptationStatus());
        var figures = new PowerFigures([0.1, 0.02, -0.1, 0.3], [At(90, 200), At(), At(40), At(250)]);

        Assert.That((figures.People, figures.Helped), Is.EqualTo((4, 3)));
        Assert.That(figures.ShareBy(100), Is.EqualTo(1 / 3.0).Within(1e-12));
        Assert.That(figures.ShareBy(300), Is.EqualTo(2 / 3.0).Within(1e-12));
    }

    private static int Label(Interaction record) => (int)record.Target.Classes![0];
}
