using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The lowest and the highest value of an element type; infinities where it has them.</summary>
internal static class Extremes
{
    public static Scalar Lowest(ScalarType type) => type switch
    {
        ScalarType.Bool => false,
        ScalarType.Byte => byte.MinValue,
        ScalarType.Int8 => sbyte.MinValue,
        ScalarType.Int16 => short.MinValue,
        ScalarType.Int32 => int.MinValue,
        ScalarType.Int64 => long.MinValue,
        _ => double.NegativeInfinity,
    };

    public static Scalar Highest(ScalarType type) => type switch
    {
        ScalarType.Bool => true,
        ScalarType.Byte => byte.MaxValue,
        ScalarType.Int8 => sbyte.MaxValue,
        ScalarType.Int16 => short.MaxValue,
        ScalarType.Int32 => int.MaxValue,
        ScalarType.Int64 => long.MaxValue,
        _ => double.PositiveInfinity,
    };
}
