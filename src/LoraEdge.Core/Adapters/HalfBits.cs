namespace LoraEdge;

/// <summary>
/// Conversion between float and the bits of an IEEE 754 half, the same code on every framework: netstandard2.0 has no
/// <c>System.Half</c>, and files must not depend on which build wrote them.
/// </summary>
internal static class HalfBits
{
    private const uint SmallestNormal = 0x38800000; // 2^-14
    private const uint FirstOverflow = 0x477FF000;  // 65520: halfway from 65504 to 2^16, a tie that rounds away

    /// <summary>Rounds to nearest, ties to even. Finite values of magnitude 65520 and more become infinite.</summary>
    public static ushort FromFloat(float value)
    {
        uint bits = FloatBits.Of(value);
        uint sign = (bits >> 16) & 0x8000;
        uint magnitude = bits & 0x7FFFFFFF;
        return (ushort)(sign | FromMagnitude(magnitude));
    }

    /// <summary>Whether a value is finite and stays so when it is rounded to a half.</summary>
    public static bool CanHold(float value) => (FloatBits.Of(value) & 0x7FFFFFFF) < FirstOverflow;

    /// <summary>The value of a half; exact.</summary>
    public static float ToFloat(ushort half)
    {
        uint sign = (uint)(half & 0x8000) << 16;
        uint exponent = (uint)(half >> 10) & 0x1F;
        uint mantissa = (uint)half & 0x3FF;
        if (exponent == 0)
        {
            // Below 2^-14: a multiple of 2^-24, and both the integer and the product are exact.
            uint magnitude = FloatBits.Of(mantissa * 5.9604644775390625E-08f);
            return FloatBits.ToFloat(sign | magnitude);
        }

        uint wide = exponent == 0x1F ? 0xFFu : exponent + 112;
        return FloatBits.ToFloat(sign | (wide << 23) | (mantissa << 13));
    }

    private static uint FromMagnitude(uint magnitude)
    {
        if (magnitude > 0x7F800000)
            return 0x7E00 | ((magnitude >> 13) & 0x3FF); // NaN, quiet
        if (magnitude >= FirstOverflow)
            return 0x7C00;
        if (magnitude >= SmallestNormal)
            return RoundShift(magnitude - (112u << 23), 13);

        // The half is subnormal: a multiple of 2^-24. Below 2^-25 everything is nearer to zero.
        int exponent = (int)(magnitude >> 23);
        if (exponent < 102)
            return 0;
        return RoundShift((magnitude & 0x7FFFFF) | 0x800000, 126 - exponent);
    }

    private static uint RoundShift(uint value, int shift)
    {
        uint half = 1u << (shift - 1);
        uint odd = (value >> shift) & 1;
        return (value + half - 1 + odd) >> shift;
    }
}
