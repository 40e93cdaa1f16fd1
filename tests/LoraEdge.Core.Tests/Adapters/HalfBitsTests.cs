namespace LoraEdge.Tests.Adapters;

public sealed class HalfBitsTests
{
    [Test]
    public void EveryHalf_BecomesTheFloatThatSystemHalfGives()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float actual = HalfBits.ToFloat((ushort)bits);
            bool same = float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual);
            if (!same)
                Assert.Fail($"half {bits:x4}: {expected} expected, {actual} found");
        }
    }

    [Test]
    public void EveryRoundingBoundary_RoundsAsSystemHalfDoes()
    {
        // Between two neighbouring halves the result changes only at the midpoint: test it, the halves, and the floats around.
        for (int bits = 0; bits < 0x7C00; bits++)
        {
            float low = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float high = bits == 0x7BFF ? 65536f : (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1));
            float middle = (float)(((double)low + high) / 2);
            foreach (float value in new[] { low, middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle), MathF.BitIncrement(low), MathF.BitDecrement(high) })
            {
                Compare(value);
                Compare(-value);
            }
        }
    }

    [TestCase(0f)]
    [TestCase(-0f)]
    [TestCase(float.Epsilon)]
    [TestCase(float.MaxValue)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    [TestCase(65519.996f)]
    [TestCase(65520f)]
    public void ExtremeFloats_RoundAsSystemHalfDoes(float value) => Compare(value);

    [Test]
    public void RandomFloats_RoundAsSystemHalfDoes()
    {
        var random = new Random(1);
        for (int i = 0; i < 5_000_000; i++)
            Compare(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
    }

    [Test]
    [Explicit("All 2^32 floats: about a minute.")]
    public void EveryFloat_RoundsAsSystemHalfDoes()
    {
        uint bits = 0;
        do
        {
            Compare(BitConverter.UInt32BitsToSingle(bits));
        }
        while (++bits != 0);
    }

    private static void Compare(float value)
    {
        ushort expected = BitConverter.HalfToUInt16Bits((Half)value);
        ushort actual = HalfBits.FromFloat(value);
        if (expected != actual)
            Assert.Fail($"{value:r}: half {expected:x4} expected, {actual:x4} found");
        bool finite = !float.IsNaN(value) && !Half.IsInfinity((Half)value);
        if (HalfBits.CanHold(value) != finite)
            Assert.Fail($"{value:r}: can be held is {HalfBits.CanHold(value)}");
    }
}
