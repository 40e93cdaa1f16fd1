using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Range: start, start + delta and so on, up to a limit that is not reached.</summary>
internal static class Progressions
{
    public static void Register(OperatorTable table) => table.Add("Range", since: 11, Range);

    private static Operation Range(NodeContext node)
    {
        ScalarType type = node.Type(0);
        node.Require(type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16, "the element type is not one that Range takes");
        node.RequireSameType(0, 1);
        node.RequireSameType(0, 2);
        node.Require(Enumerable.Range(0, 3).All(input => node.Rank(input) <= 1 && node.Shape(input).All(size => size == 1)), "start, limit and delta must be one number each");
        double length = is_floating_point(type) ? LengthOfFloats(node) : LengthOfIntegers(node);
        node.Require(length <= NodeContext.MaxElements, $"it would have {length} elements, and no more than {NodeContext.MaxElements} are computed");
        node.RequireSize([(long)length]);
        // Not libtorch's arange from start to limit: gradients pass to start and delta here, and the length is ONNX's.
        return inputs =>
        {
            using Tensor steps = Counting.Below((long)length, ScalarType.Int64, inputs[0]!.device), typed = steps.to(type), scaled = typed.mul(inputs[2]!);
            return [scaled.add(inputs[0]!, Number.One)];
        };
    }

    private static double LengthOfFloats(NodeContext node)
    {
        double span = Float(node, 1) - Float(node, 0), delta = Float(node, 2), length = Math.Ceiling(span / delta);
        node.Require(!double.IsNaN(length) && !double.IsInfinity(length), "start, limit and delta give no number of steps");
        return Math.Max(0, length);
    }

    private static double LengthOfIntegers(NodeContext node)
    {
        decimal span = (decimal)node.Number(1) - node.Number(0), delta = node.Number(2);
        node.Require(delta != 0, "delta is 0");
        return (double)Math.Max(0, Math.Ceiling(span / delta));
    }

    private static double Float(NodeContext node, int input)
    {
        using Tensor wide = node.Value(input).to(ScalarType.Float64);
        return wide.item<double>();
    }
}
