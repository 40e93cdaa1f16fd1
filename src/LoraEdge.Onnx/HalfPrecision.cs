using System.Runtime.CompilerServices;

namespace LoraEdge.Onnx;

/// <summary>
/// Conversions between float32 and the two 16-bit formats, to nearest with ties to even. In integers, since netstandard2.0
/// has no Half and every target must give the same bits.
/// </summary>
internal static class HalfPrecision
{
    public static float FromFloat16(ushort half)
    {
        uint sign = (uint)(half & 0x8000) << 16;
        uint exponent = (uint)(half >> 10) & 0x1F;
        uint fraction = (uint)half & 0x3FF;
        if (exponent == 0x1F)
            return ToFloat(sign | 0x7F800000 | (fraction << 13));
        if (exponent != 0)
            return ToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
        float subnormal = fraction * (1f / (1 << 24));
        return ToFloat(sign | ToBits(subnormal));
    }

    public static ushort ToFloat16(float value)
    {
        uint bits = ToBits(value);
        uint sign = (bits >> 16) & 0x8000;
        uint magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000)
            return (ushort)(sign | 0x7E00 | ((magnitude >> 13) & 0x3FF));
        if (magnitude >= 0x47800000)
            return (ushort)(sign | 0x7C00);
        if (magnitude >= 0x38800000)
            return (ushort)(sign | RoundShift(magnitude - (112u << 23), 13));
        int shift = 126 - (int)(magnitude >> 23);
        return shift > 24 ? (ushort)sign : (ushort)(sign | RoundShift((magnitude & 0x7FFFFF) | 0x800000, shift));
    }

    public static float FromBFloat16(ushort half) => ToFloat((uint)half << 16);

    public static ushort ToBFloat16(float value)
    {
        uint bits = ToBits(value);
        if ((bits & 0x7FFFFFFF) > 0x7F800000)
            return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    // A carry out of the fraction lands in the exponent, which is the right result, up to infinity.
    private static uint RoundShift(uint value, int shift)
    {
        uint kept = value >> shift;
        uint rest = value & ((1u << shift) - 1);
        uint half = 1u << (shift - 1);
        return rest > half || (rest == half && (kept & 1) == 1) ? kept + 1 : kept;
    }

    private static float ToFloat(uint bits) => Unsafe.As<uint, float>(ref bits);

    private static uint ToBits(float value) => Unsafe.As<float, uint>(ref value);
}
