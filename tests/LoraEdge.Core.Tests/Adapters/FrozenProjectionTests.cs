using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LoraEdge.Tests.Adapters;

public sealed class FrozenProjectionTests
{
    [Test]
    public void Integers_OfTheGoldenVector_AreThoseOfTheSpecification()
    {
        int[] integers = new int[4];
        FrozenProjection.FillIntegers(FrozenProjection.StreamKey("W", 42), 0, integers);
        Assert.That(integers, Is.EqualTo(new[] { 764800, -505575, -494051, -961923 }));
    }

    [Test]
    public void Floats_OfTheGoldenVector_AreThoseOfTheSpecification()
    {
        float[] a = FrozenProjection.Generate("W", 42, 1, 4);
        uint[] bits = a.Select(BitConverter.SingleToUInt32Bits).ToArray();
        Assert.That(bits, Is.EqualTo(new[] { 0x3f0a1a1au, 0xbeb69606u, 0xbeb26c97u, 0xbf2db26du }));
    }

    // Computed by an independent program in Python (hashlib, integers of any size, struct, zlib).
    [TestCase("W", 42ul, 1, 4, 0x1769df99u, "95379dd4b3c70d184aa0d23e3225669cf8dacb42223526bd57aa461928bdc1b9")]
    [TestCase("layers.0.attn.q_proj.weight", 0ul, 1, 768, 0x04abd507u, "f0ce90e4b829b0d841e508c79f9ab3598307e97cdfa285336c08837973483c61")]
    [TestCase("größe/重み:0", ulong.MaxValue, 8, 333, 0x1187b2f1u, "bc91407a70a6a2e7da70be7dca14959da823c0b4d47920a34455b352e8f85741")]
    public void Generate_MatchesAnIndependentImplementation(string name, ulong seed, int rank, int inFeatures, uint crc, string sha256)
    {
        float[] a = FrozenProjection.Generate(name, seed, rank, inFeatures);
        byte[] bytes = MemoryMarshal.AsBytes(a.AsSpan()).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(bytes)), Is.EqualTo(sha256));
            Assert.That(ProjectionCrc.Over([a]), Is.EqualTo(crc));
        });
    }

    [TestCase(1, 1)]
    [TestCase(4, 64)]
    [TestCase(2, 100_000)]
    public void EveryRow_HasUnitNorm(int rank, int inFeatures)
    {
        float[] a = FrozenProjection.Generate("layer", 1, rank, inFeatures);
        for (int r = 0; r < rank; r++)
        {
            double norm = Math.Sqrt(a.Skip(r * inFeatures).Take(inFeatures).Sum(v => (double)v * v));
            Assert.That(norm, Is.EqualTo(1).Within(1e-6), $"row {r}");
        }
    }

    [Test]
    public void Integers_AreUniformOverTwentyOneSignedBits()
    {
        const int count = 1 << 18;
        int[] integers = new int[count];
        FrozenProjection.FillIntegers(FrozenProjection.StreamKey("layer", 3), 0, integers);
        int[] buckets = new int[64];
        foreach (int value in integers)
            buckets[(value + (1 << 20)) >> 15]++;

        // Chi-squared with 63 degrees of freedom: 63 on average, standard deviation 11.2.
        double expected = count / 64.0;
        double chiSquared = buckets.Sum(n => (n - expected) * (n - expected) / expected);
        Assert.Multiple(() =>
        {
            Assert.That(integers.Min(), Is.GreaterThanOrEqualTo(-(1 << 20)).And.LessThan(-(1 << 20) + 100));
            Assert.That(integers.Max(), Is.LessThan(1 << 20).And.GreaterThan((1 << 20) - 100));
            Assert.That(chiSquared, Is.LessThan(63 + (5 * 11.2)));
        });
    }

    [Test]
    public void RowsOfDifferentNamesSeedsAndRanks_AreNearlyOrthogonal()
    {
        const int width = 4096;
        float[][] rows =
        [
            FrozenProjection.Generate("a", 0, 1, width),
            FrozenProjection.Generate("b", 0, 1, width),
            FrozenProjection.Generate("a", 1, 1, width),
            FrozenProjection.Generate("a", 0, 2, width)[width..],
        ];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                // Independent unit rows: standard deviation 1/sqrt(4096) = 1/64.
                double dot = rows[i].Zip(rows[j], (x, y) => (double)x * y).Sum();
                Assert.That(Math.Abs(dot), Is.LessThan(5.0 / 64), $"rows {i} and {j}");
            }
        }
    }

    [Test]
    public void TheFirstRow_DoesNotDependOnTheRank()
    {
        float[] one = FrozenProjection.Generate("a", 9, 1, 100);
        float[] four = FrozenProjection.Generate("a", 9, 4, 100);
        Assert.That(four.Take(100), Is.EqualTo(one));
    }

    [Test]
    public void ARowOfZeros_BecomesTheFirstUnitVector()
    {
        // Found by search: one integer in two million is zero.
        const ulong seedOfAZero = 1465735;
        int[] integer = new int[1];
        FrozenProjection.FillIntegers(FrozenProjection.StreamKey("W", seedOfAZero), 0, integer);
        float[] wide = [9, 9, 9];
        FrozenProjection.Normalise([0, 0, 0], wide);
        Assert.Multiple(() =>
        {
            Assert.That(integer[0], Is.Zero);
            Assert.That(FrozenProjection.Generate("W", seedOfAZero, 1, 1), Is.EqualTo(new[] { 1f }));
            Assert.That(wide, Is.EqualTo(new[] { 1f, 0f, 0f }));
        });
    }

    [Test]
    public void TheLongestRowOfTheLargestIntegers_DoesNotOverflow()
    {
        int[] integers = new int[AdapterLimits.MaxInFeatures];
        Array.Fill(integers, -(1 << 20));
        float[] row = new float[integers.Length];
        FrozenProjection.Normalise(integers, row);
        Assert.That(row[0], Is.EqualTo((float)(-1 / Math.Sqrt(AdapterLimits.MaxInFeatures))).Within(1e-10));
    }

    [TestCase(0, 4)]
    [TestCase(257, 4)]
    [TestCase(1, 0)]
    [TestCase(1, -1)]
    [TestCase(1, 8_388_608)]
    public void OutOfRangeShapes_AreRefused(int rank, int inFeatures) =>
        Assert.That(() => FrozenProjection.Generate("the.layer", 0, rank, inFeatures), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("the.layer"));

    [Test]
    public void Crc_IsThatOfZlibOverLittleEndianFloatsInTargetOrder()
    {
        float[] first = Enumerable.Range(0, 3000).Select(i => i * 0.5f).ToArray();
        float[] second = [1f, -0f];
        byte[] bytes = new byte[4 * (first.Length + second.Length)];
        int at = 0;
        foreach (float value in first.Concat(second))
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * at++), value);
        Assert.Multiple(() =>
        {
            Assert.That(ProjectionCrc.Over([first, second]), Is.EqualTo(BitwiseCrc32.Over(bytes)));
            Assert.That(ProjectionCrc.Over([second, first]), Is.Not.EqualTo(BitwiseCrc32.Over(bytes)));
        });
    }
}
