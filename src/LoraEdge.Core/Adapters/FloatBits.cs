namespace LoraEdge;

/// <summary>The bits of a float; <c>BitConverter.SingleToInt32Bits</c> is missing from netstandard2.0.</summary>
internal static class FloatBits
{
    public static unsafe uint Of(float value) => *(uint*)&value;

    public static unsafe float ToFloat(uint bits) => *(float*)&bits;

    /// <summary>Whether the value is neither infinite nor NaN.</summary>
    public static bool IsFinite(float value) => (Of(value) & 0x7F800000) != 0x7F800000;
}
