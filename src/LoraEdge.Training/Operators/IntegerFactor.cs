using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>One factor of an integer product: quantized data, and the zero point that is taken from it.</summary>
/// <param name="Data">Index of the data among the inputs.</param>
/// <param name="Zero">Index of the zero point; -1 where it is omitted or known to be 0.</param>
/// <param name="Shape">Shape in which the zero point broadcasts.</param>
internal readonly record struct IntegerFactor(int Data, int Zero, long[] Shape)
{
    /// <summary>A factor with one zero point, or one for each position of one axis.</summary>
    /// <param name="node">The node.</param>
    /// <param name="data">Index of the data.</param>
    /// <param name="zero">Index of the zero point, which may be omitted.</param>
    /// <param name="axis">The axis, counted from the front.</param>
    public static IntegerFactor Of(NodeContext node, int data, int zero, int axis)
    {
        ScalarType type = node.Type(data);
        node.Require(node.IsCarried(data) || type is ScalarType.Byte or ScalarType.Int8, $"input {data} must hold uint8 or int8, not {type}");
        if (!node.Has(zero))
            return new IntegerFactor(data, -1, []);
        node.Require(node.IsCarried(data) ? IntegerGrid.Of(node.Type(zero)) is not null : node.Type(zero) == type, "a zero point must have the type of its data");
        return new IntegerFactor(data, IsZero(node.Constant(zero)) ? -1 : zero, Spread(node, zero, node.Shape(data), axis));
    }

    /// <summary>A left factor of a matrix product, with one zero point, or one for each row.</summary>
    /// <param name="node">The node.</param>
    /// <param name="data">Index of the data.</param>
    /// <param name="zero">Index of the zero point, which may be omitted.</param>
    public static IntegerFactor OfRows(NodeContext node, int data, int zero) => Of(node, data, zero, RowAxis(node.Shape(data)));

    /// <summary>The axis of a matrix's rows.</summary>
    public static int RowAxis(long[] shape) => Math.Max(0, shape.Length - 2);

    /// <summary>The shape in which scales or zero points of one axis broadcast over data.</summary>
    public static long[] Spread(NodeContext node, int numbers, long[] data, int axis)
    {
        long[] given = node.Shape(numbers);
        if (given.All(size => size == 1))
            return [];
        long[] single = [.. data.Select((size, at) => at == axis ? size : 1)];
        if (given.Length == 1)
        {
            node.Require(axis < data.Length && given[0] == data[axis], $"input {numbers} must hold one number, or one for each of the positions of axis {axis}");
            return single;
        }

        bool fits = given.Length == data.Length && given.Zip(data, (size, full) => size == full || size == 1).All(fine => fine);
        node.Require(fits, $"input {numbers} does not fit the data");
        return given;
    }

    /// <summary>The data less the zero point.</summary>
    /// <param name="inputs">The node's inputs.</param>
    /// <param name="type">A floating-point type that holds the result of the product exactly.</param>
    public Tensor Centred(Tensor?[] inputs, ScalarType type)
    {
        using Tensor data = inputs[Data]!.to(type);
        if (Zero < 0)
            return data.alias();
        using Tensor zero = inputs[Zero]!.to(type), shaped = zero.reshape(Shape);
        return data.sub(shaped);
    }

    private static bool IsZero(Tensor? zero)
    {
        if (zero is null)
            return false;
        using Tensor others = zero.count_nonzero();
        return others.item<long>() == 0;
    }
}
