using LoraEdge.Training.Records;

namespace LoraEdge.Training.Tests.Records;

/// <summary>Every record once per epoch, in batches of one shape, in an order that the seed alone decides.</summary>
public sealed class RecordSamplerTests
{
    private static readonly Interaction[] s_records = [.. Enumerable.Range(0, 25).Select(i => Record(i % 3 == 0 ? 2 : 4))];

    [Test]
    public void AnEpoch_DrawsEveryRecordOnce_InBatchesOfOneShape()
    {
        var sampler = new RecordSampler(s_records, batchSize: 4, seed: 1);

        for (int epoch = 0; epoch < 2; epoch++)
        {
            IReadOnlyList<Interaction>[] batches = [.. Enumerable.Range(0, sampler.BatchesPerEpoch).Select(_ => sampler.Next())];

            Assert.That(batches.SelectMany(batch => batch), Is.EquivalentTo(s_records));
            foreach (IReadOnlyList<Interaction> batch in batches)
                Assert.That(batch.Select(RecordShape.Of).Distinct().Count(), Is.EqualTo(1));
            Assert.That(batches.Select(batch => batch.Count), Is.All.InRange(1, 4));
        }
    }

    [Test]
    public void Sequences_OfOneBatch_DifferInLengthByLessThanAFactorOfTwo()
    {
        Interaction[] records = [.. Enumerable.Range(1, 40).Select(length => Interaction.Sequence([.. Enumerable.Repeat(Record(2), length)]))];
        var sampler = new RecordSampler(records, batchSize: 8, seed: 1);

        IReadOnlyList<Interaction>[] batches = [.. Enumerable.Range(0, sampler.BatchesPerEpoch).Select(_ => sampler.Next())];

        Assert.That(batches.SelectMany(batch => batch), Is.EquivalentTo(records));
        foreach (IReadOnlyList<Interaction> batch in batches)
            Assert.That(batch.Max(record => record.Steps.Count), Is.LessThan(2 * batch.Min(record => record.Steps.Count)));
        Assert.That(batches.Select(batch => batch.Select(record => record.Steps.Count).Distinct().Count()), Has.Some.GreaterThan(1));
    }

    [Test]
    public void BatchesOfDifferentShapes_ComeInMixedOrder()
    {
        var sampler = new RecordSampler(s_records, batchSize: 4, seed: 1);

        string[] shapes = [.. Enumerable.Range(0, sampler.BatchesPerEpoch).Select(_ => RecordShape.Of(sampler.Next()[0]))];

        Assert.That(shapes.Zip(shapes.Skip(1)).Count(pair => pair.First != pair.Second), Is.GreaterThan(1));
    }

    [Test]
    public void TheOrder_DependsOnTheSeedAlone()
    {
        Assert.That(Order(seed: 1), Is.EqualTo(Order(seed: 1)));
        Assert.That(Order(seed: 1), Is.Not.EqualTo(Order(seed: 2)));
        Assert.That(Order(seed: 1).Take(25), Is.Not.EqualTo(Order(seed: 1).Skip(25)), "the second epoch has an order of its own");
    }

    /// <summary>SplitMix64 with seed 1234567, from the reference implementation at prng.di.unimi.it.</summary>
    [Test]
    public void SplitMix_GivesTheNumbersOfItsReferenceImplementation()
    {
        var random = new SplitMix(1234567);

        Assert.That(Enumerable.Range(0, 3).Select(_ => random.Next()), Is.EqualTo(new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL }));
    }

    private static int[] Order(ulong seed)
    {
        var sampler = new RecordSampler(s_records, batchSize: 4, seed);
        return [.. Enumerable.Range(0, 2 * sampler.BatchesPerEpoch).SelectMany(_ => sampler.Next()).Select(record => Array.IndexOf(s_records, record))];
    }

    private static Interaction Record(int width) => new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[width], 1, width) }, Target.Class(0));
}
