namespace LoraEdge.Tests.Adapters;

public sealed class ProjectionFactorsTests
{
    [Test]
    public void TrainerAndMerger_GetTheSameA()
    {
        ProjectionFactors trained = ProjectionFactors.Make(new SeededProjection(42), Samples.Model, Samples.Weights, 2);
        ProjectionFactors applied = ProjectionFactors.For(Samples.Seeded(rank: 2), Samples.Model, Samples.Weights.Reverse().ToArray());
        Assert.Multiple(() =>
        {
            Assert.That(applied.Matrices, Is.EqualTo(trained.Matrices));
            Assert.That(applied.Weights, Is.EqualTo(Samples.Weights), "target order, whatever the order of the model's weights");
            Assert.That(applied.Projection, Is.EqualTo(trained.Projection));
            Assert.That(applied.Rank, Is.EqualTo(2));
        });
    }

    [Test]
    public void AnAdapterOfSomeWeights_GetsTheAOfThose()
    {
        AdaptableWeight[] some = [Samples.Weights[2]];
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(1), Samples.Model, some, 1);
        Adapter adapter = Samples.With(Samples.Seeded(), projection: factors.Projection, targets: [Samples.Seeded().Targets[2]]);
        Assert.That(ProjectionFactors.For(adapter, Samples.Model, Samples.Weights).Matrices, Is.EqualTo(factors.Matrices));
    }

    [Test]
    public void AnExplicitAdapter_BringsItsOwnA()
    {
        Adapter adapter = Samples.Explicit(rank: 3);
        Assert.That(ProjectionFactors.For(adapter, Samples.Model, Samples.Weights).Matrices, Is.EqualTo(adapter.Targets.Select(t => t.A)));
    }

    [Test]
    public void AnotherModel_IsRefusedBeforeAnyShapeIsLookedAt() =>
        Refused(Samples.Seeded(), Samples.OtherModel, [], Samples.Model.ToString());

    [Test]
    public void ATargetThatTheModelDoesNotHave_IsRefused() =>
        Refused(Samples.Seeded(), Samples.Model, Samples.Weights[..2], "initializer 300");

    [Test]
    public void AnotherOutputWidth_IsRefused() =>
        Refused(Samples.Seeded(), Samples.Model, [.. Samples.Weights[..2], Samples.Weights[2] with { OutFeatures = 11 }], "'head.weight'");

    [Test]
    public void AnotherInputWidth_ChangesTheCrc() =>
        Refused(Samples.Seeded(), Samples.Model, [.. Samples.Weights[..2], Samples.Weights[2] with { InFeatures = 7 }], "CRC");

    [Test]
    public void AnotherInputWidthOfAnExplicitAdapter_IsRefused() =>
        Refused(Samples.Explicit(), Samples.Model, [.. Samples.Weights[..2], Samples.Weights[2] with { InFeatures = 7 }], "'head.weight'");

    [Test]
    public void AnotherName_ChangesTheCrc() =>
        Refused(Samples.Seeded(), Samples.Model, [.. Samples.Weights[..2], Samples.Weights[2] with { Name = "tail.weight" }], "CRC");

    [Test]
    public void AnotherSeed_ChangesTheCrc()
    {
        Adapter adapter = Samples.Seeded();
        Refused(Samples.With(adapter, projection: adapter.Projection with { Seed = 43 }), Samples.Model, Samples.Weights, "seed 000000000000002b");
    }

    [Test]
    public void AnUnknownKind_IsRefused()
    {
        Adapter adapter = Samples.Seeded();
        Refused(Samples.With(adapter, projection: new Projection { Kind = (ProjectionKind)9 }), Samples.Model, Samples.Weights, "Update");
    }

    [Test]
    public void UnorderedWeights_AreAProgrammingError() =>
        Assert.That(() => ProjectionFactors.Make(new SeededProjection(0), Samples.Model, Samples.Weights.Reverse().ToArray(), 1), Throws.ArgumentException);

    private static void Refused(Adapter adapter, ModelFingerprint model, IReadOnlyList<AdaptableWeight> weights, string saying) =>
        Assert.That(() => ProjectionFactors.For(adapter, model, weights), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains(saying));
}
