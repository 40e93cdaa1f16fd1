using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LoraEdge.Tests.Adapters;

public sealed class CalibratedProjectionTests
{
    private static readonly KeyValuePair<int, float[]>[] Rows = Samples.Weights
        .Select(w => new KeyValuePair<int, float[]>(w.InitializerIndex, Enumerable.Range(1, 2 * w.InFeatures).Select(i => i * 0.3f).ToArray()))
        .ToArray();

    private static readonly CalibratedProjection Calibrated = CalibratedProjection.Create(Samples.Model, 2, Rows);

    [Test]
    public void Rows_HaveUnitNormAndTheDirectionThatWasGiven()
    {
        float[] a = Calibrated.A(Samples.Weights[0], 2);
        double norm = Math.Sqrt(Enumerable.Range(1, 5).Sum(i => 0.09 * i * i));
        Assert.Multiple(() =>
        {
            Assert.That(a, Has.Length.EqualTo(10));
            Assert.That(a[0], Is.EqualTo(0.3 / norm).Within(1e-7));
            Assert.That(a.Skip(5).Sum(v => (double)v * v), Is.EqualTo(1).Within(1e-6));
        });
    }

    [Test]
    public void AfterReading_AIsBitIdentical()
    {
        CalibratedProjection read = CalibratedProjection.Read(Calibrated.Write(), "test");
        Assert.Multiple(() =>
        {
            Assert.That(read.Write(), Is.EqualTo(Calibrated.Write()));
            Assert.That(read.Model, Is.EqualTo(Samples.Model));
            Assert.That(read.Rank, Is.EqualTo(2));
            Assert.That(read.InitializerIndices, Is.EqualTo(new[] { 3, 17, 300 }));
            foreach (AdaptableWeight weight in Samples.Weights)
                Assert.That(read.A(weight, 2), Is.EqualTo(Calibrated.A(weight, 2)));
        });
    }

    [Test]
    public void TheSeed_IsTheStartOfTheFilesSha256()
    {
        byte[] digest = SHA256.HashData(Calibrated.Write());
        Assert.That(Calibrated.Sha256.ToArray(), Is.EqualTo(digest));
        Assert.That(Calibrated.Seed, Is.EqualTo(BinaryPrimitives.ReadUInt64LittleEndian(digest)));
    }

    [Test]
    public void TheOrderInWhichWeightsAreGiven_DoesNotMatter() =>
        Assert.That(CalibratedProjection.Create(Samples.Model, 2, Rows.Reverse()).Write(), Is.EqualTo(Calibrated.Write()));

    [Test]
    public void ALowerRank_TakesTheFirstRows() =>
        Assert.That(Calibrated.A(Samples.Weights[1], 1), Is.EqualTo(Calibrated.A(Samples.Weights[1], 2).Take(8)));

    [Test]
    public void AnAdapterTrainedWithIt_IsAppliedWithIt()
    {
        Adapter adapter = Trained();
        ProjectionFactors applied = ProjectionFactors.For(adapter, Samples.Model, Samples.Weights, Calibrated);
        Assert.That(adapter.Projection.Kind, Is.EqualTo(ProjectionKind.Calibrated));
        Assert.That(applied.Matrices, Is.EqualTo(Samples.Weights.Select(w => Calibrated.A(w, 1))));
    }

    [Test]
    public void AnAdapterTrainedWithIt_IsRefusedWithoutIt()
    {
        Assert.That(() => ProjectionFactors.For(Trained(), Samples.Model, Samples.Weights), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("none was given"));
    }

    [Test]
    public void AnAdapterTrainedWithAnother_IsRefused()
    {
        CalibratedProjection other = CalibratedProjection.Create(Samples.Model, 1, [new(3, [1f, 0, 0, 0, 0])]);
        Assert.That(
            () => ProjectionFactors.For(Trained(), Samples.Model, Samples.Weights, other),
            Throws.TypeOf<AdapterMismatchException>().With.Message.Contains($"{other.Seed:x16}"));
    }

    [Test]
    public void AnotherModel_IsRefused() => Assert.That(
        () => ProjectionFactors.Make(Calibrated, Samples.OtherModel, Samples.Weights, 1),
        Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("Calibrate again"));

    [Test]
    public void WhatItDoesNotHold_IsRefused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Calibrated.A(Samples.Weights[0], 3), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("rank 3"));
            Assert.That(() => Calibrated.A(Samples.Weights[0] with { InitializerIndex = 4 }, 1), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("embed.weight"));
            Assert.That(() => Calibrated.A(Samples.Weights[0] with { InFeatures = 6 }, 1), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("6 input features"));
        });
    }

    [Test]
    public void RowsThatCannotBeUnit_AreRefused()
    {
        Refused(1, [new(0, [0f, 0f])], "norm 0");
        Refused(1, [new(0, [1f, float.NaN])], "norm NaN");
        Refused(1, [new(0, [1f, float.PositiveInfinity])], "initializer 0");
        Refused(2, [new(0, [1f, 2f, 3f])], "2 rows");
        Refused(1, [new(0, [])], "1 rows");
        Refused(0, [new(0, [1f])], "rank 0");
        Refused(1, [new(-1, [1f])], "Initializer -1");
        Refused(1, [new(65_536, [1f])], "Initializer 65536");
        Refused(1, [new(1, [1f]), new(1, [1f])], "twice");
        Refused(1, [], "0 weights");
    }

    [Test]
    public void EveryTruncationAndBitFlip_IsRefused()
    {
        byte[] file = Calibrated.Write();
        for (int length = 0; length < file.Length; length++)
            Assert.That(() => CalibratedProjection.Read(file.AsMemory(0, length), "p"), Throws.TypeOf<AdapterFormatException>());
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(() => CalibratedProjection.Read(file, "p"), Throws.TypeOf<AdapterFormatException>());
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void MutationsWithARightChecksum_GiveAProjectionOrTheOneError()
    {
        var random = new Random(5);
        byte[] file = Calibrated.Write();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = RawAdapter.Seal(Mutation.Of(file[..^5], random));
            try
            {
                Assert.That(CalibratedProjection.Read(mutated, "p").Write(), Is.EqualTo(mutated));
            }
            catch (AdapterFormatException)
            {
                // Expected of almost all: a changed row is no longer of unit norm.
            }
        }
    }

    [Test]
    public void AnAdapterFile_IsNotAProjection() => Assert.That(
        () => CalibratedProjection.Read(AdapterFile.Write(Samples.Tiny()), "p"),
        Throws.TypeOf<AdapterFormatException>().With.Message.Contains("not a calibrated projection"));

    [Test]
    public void SaveThenLoad_GivesTheSameProjection()
    {
        using var folder = new TemporaryFolder();
        Calibrated.Save(folder.File("p"));
        Assert.That(CalibratedProjection.Load(folder.File("p")).Seed, Is.EqualTo(Calibrated.Seed));
    }

    private static Adapter Trained() => Samples.With(
        Samples.Seeded(), projection: ProjectionFactors.Make(Calibrated, Samples.Model, Samples.Weights, 1).Projection);

    private static void Refused(int rank, KeyValuePair<int, float[]>[] rows, string saying) => Assert.That(
        () => CalibratedProjection.Create(Samples.Model, rank, rows), Throws.TypeOf<InvalidInputException>().With.Message.Contains(saying));
}
