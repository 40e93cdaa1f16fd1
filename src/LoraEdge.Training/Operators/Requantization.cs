using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// What QLinearMatMul and QLinearConv do with their exact product: inputs 1 and 4 are the scales of the factors, 6 and 7 scale
/// and zero point of the result.
/// </summary>
/// <param name="ShapeA">Shape in which the first factor's scale broadcasts.</param>
/// <param name="ShapeB">Shape in which the second factor's scale broadcasts.</param>
/// <param name="Grid">Integers of the result.</param>
/// <param name="Carried">Whether they are returned as floats.</param>
internal sealed record Requantization(long[] ShapeA, long[] ShapeB, IntegerGrid Grid, bool Carried)
{
    private const int ScaleA = 1, ScaleB = 4, ScaleY = 6, ZeroY = 7;

    /// <summary>Checks the scales of a node.</summary>
    public static Requantization Of(NodeContext node, long[] shapeA, long[] shapeB)
    {
        foreach (int scale in new[] { ScaleA, ScaleB, ScaleY })
            node.RequireFloats(scale);
        node.Require(IsOne(node, ScaleY) && IsOne(node, ZeroY), "scale and zero point of the result must be one number each");
        IntegerGrid grid = IntegerGrid.Of(node.Type(ZeroY)) ?? throw node.Fail($"nothing is quantized to {node.Type(ZeroY)}");
        return new Requantization(shapeA, shapeB, grid, node.CarriesResult);
    }

    /// <summary>Scales and rounds.</summary>
    /// <param name="exact">The exact product.</param>
    /// <param name="inputs">The node's inputs.</param>
    public Tensor Run(Tensor exact, Tensor?[] inputs)
    {
        using Tensor a = Wide(inputs[ScaleA]!, ShapeA), b = Wide(inputs[ScaleB]!, ShapeB), y = Wide(inputs[ScaleY]!, []), zero = Wide(inputs[ZeroY]!, []);
        using Tensor both = a.mul(b), scale = both.div(y), product = exact.to(ScalarType.Float32), ratio = product.mul(scale);
        return Grid.Round(ratio, zero, Carried);
    }

    private static Tensor Wide(Tensor numbers, long[] shape)
    {
        using Tensor wide = numbers.to(ScalarType.Float32);
        return wide.reshape(shape);
    }

    private static bool IsOne(NodeContext node, int input) => node.Shape(input).All(size => size == 1);
}
