namespace LoraEdge.Onnx.Tests;

public sealed class HalfPrecisionTests
{
    [Test]
    public void FromFloat16_AgreesWithTheRuntime_OnEveryValue()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float found = HalfPrecision.FromFloat16((ushort)bits);
            if (float.IsNaN(expected) ? !float.IsNaN(found) : BitConverter.SingleToInt32Bits(found) != BitConverter.SingleToInt32Bits(expected))
                Assert.Fail($"0x{bits:x4} became {found}, not {expected}");
        }
    }

    [Test]
    public void ToFloat16_AgreesWithTheRuntime_OnRoundingCasesAndRandomBits()
    {
        foreach (float value in Values())
        {
            var expected = (Half)value;
            ushort found = HalfPrecision.ToFloat16(value);
            if (Half.IsNaN(expected) ? !Half.IsNaN(BitConverter.UInt16BitsToHalf(found)) : found != BitConverter.HalfToUInt16Bits(expected))
                Assert.Fail($"{value:r} became 0x{found:x4}, not 0x{BitConverter.HalfToUInt16Bits(expected):x4}");
        }
    }

    [Test]
    public void BFloat16_RoundsToTheNearestAndTiesToEven()
    {
        foreach (float value in Values().Where(float.IsFinite))
        {
            ushort found = HalfPrecision.ToBFloat16(value);
            uint below = BitConverter.SingleToUInt32Bits(value) >> 16;
            double toBelow = Math.Abs(Value(below) - (double)value);
            double toAbove = Math.Abs(Value(below + 1) - (double)value);
            uint expected = toBelow < toAbove || (toBelow == toAbove && below % 2 == 0) ? below : below + 1;
            if (found != expected)
                Assert.Fail($"{value:r} became 0x{found:x4}, not 0x{expected:x4}");
        }

        Assert.That(HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(float.PositiveInfinity)), Is.EqualTo(float.PositiveInfinity));
        Assert.That(HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(float.NaN)), Is.NaN);
    }

    // Beyond the largest finite number, rounding goes on as if the exponent had no end.
    private static double Value(uint bfloat16) => (bfloat16 & 0x7FFF) == 0x7F80
        ? Math.ScaleB((bfloat16 & 0x8000) == 0 ? 1 : -1, 128)
        : BitConverter.UInt32BitsToSingle(bfloat16 << 16);

    private static IEnumerable<float> Values()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var half = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            var next = (float)BitConverter.UInt16BitsToHalf((ushort)Math.Min(bits + 1, ushort.MaxValue));
            float middle = (half / 2) + (next / 2);
            yield return half;
            yield return middle;
            yield return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(middle) + 1);
            yield return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(middle) - 1);
        }

        var random = new Random(7);
        for (int i = 0; i < 200_000; i++)
            yield return BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
    }
}
