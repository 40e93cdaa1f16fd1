using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The integers that a quantized type can hold.</summary>
/// <param name="Type">The type.</param>
/// <param name="Lowest">Its lowest number.</param>
/// <param name="Highest">Its highest number.</param>
internal readonly record struct IntegerGrid(ScalarType Type, int Lowest, int Highest)
{
    /// <summary>The grid of a type, or null when nothing is quantized to it.</summary>
    public static IntegerGrid? Of(ScalarType type) => type switch
    {
        ScalarType.Byte => new(type, byte.MinValue, byte.MaxValue),
        ScalarType.Int8 => new(type, sbyte.MinValue, sbyte.MaxValue),
        ScalarType.Int16 => new(type, short.MinValue, short.MaxValue),
        _ => null,
    };

    /// <summary>
    /// <c>saturate(round(ratio) + zero)</c>, half to even; in the order of ONNX Runtime, which bounds before it rounds.
    /// </summary>
    /// <param name="ratio">The real numbers in units of the scale, float32.</param>
    /// <param name="zero">What stands for 0, float32 and in a shape that broadcasts; null for 0.</param>
    /// <param name="carried">Whether the integers are returned as float32, so that gradients pass.</param>
    /// <param name="throughBounds">Whether gradients pass where it saturates; for scales that are made so that nothing much does.</param>
    public Tensor Round(Tensor ratio, Tensor? zero, bool carried, bool throughBounds = false)
    {
        using Tensor bounded = Bound(ratio, zero);
        using Tensor rounded = StraightThrough.Round(bounded, throughBounds ? ratio : bounded);
        using Tensor moved = zero is null ? rounded.alias() : rounded.add(zero, Number.One);
        return carried ? moved.alias() : moved.to(Type);
    }

    private Tensor Bound(Tensor ratio, Tensor? zero)
    {
        if (zero is null)
            return ratio.clamp(Number.Of(Lowest), Number.Of(Highest));
        using Tensor negative = zero.neg(), low = negative.add(Number.Of(Lowest), Number.One), high = negative.add(Number.Of(Highest), Number.One);
        return ratio.clamp(low, high);
    }
}
