using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The lowest and the highest value of an element type; infinities where it has them.</summary>
internal static class Extremes
{
    public static Scalar Lowest(ScalarType type) => type switch
    {
        ScalarType.Bool => Number.Of(false),
        ScalarType.Byte => Number.Of(byte.MinValue),
        ScalarType.Int8 => Number.Of(sbyte.MinValue),
        ScalarType.Int16 => Number.Of(short.MinValue),
        ScalarType.Int32 => Number.Of(int.MinValue),
        ScalarType.Int64 => Number.Of(long.MinValue),
        _ => Number.Of(double.NegativeInfinity),
    };

    public static Scalar Highest(ScalarType type) => type switch
    {
        ScalarType.Bool => Number.Of(true),
        ScalarType.Byte => Number.Of(byte.MaxValue),
        ScalarType.Int8 => Number.Of(sbyte.MaxValue),
        ScalarType.Int16 => Number.Of(short.MaxValue),
        ScalarType.Int32 => Number.Of(int.MaxValue),
        ScalarType.Int64 => Number.Of(long.MaxValue),
        _ => Number.Of(double.PositiveInfinity),
    };
}
