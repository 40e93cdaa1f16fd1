using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Element-wise arithmetic with NumPy broadcasting (opset 7 on).</summary>
internal static class Arithmetic
{
    public static void Register(OperatorTable table)
    {
        table.Add("Add", since: 7, Broadcast((a, b) => a.add(b)));
        table.Add("Sub", since: 7, Broadcast((a, b) => a.sub(b)));
        table.Add("Mul", since: 7, Broadcast((a, b) => a.mul(b)));
        table.Add("Div", since: 7, Divide);
        table.Add("Pow", since: 7, Power);
        table.Add("Sqrt", since: 6, OnFloats(x => x.sqrt()));
        table.Add("Exp", since: 6, OnFloats(x => x.exp()));
        table.Add("Log", since: 6, OnFloats(x => x.log()));
        table.Add("Neg", since: 6, Simply(x => x.neg()));
        table.Add("Abs", since: 6, Simply(x => x.abs()));
        table.Add("Reciprocal", since: 6, OnFloats(x => x.reciprocal()));
        table.Add("Erf", since: 9, OnFloats(x => x.erf()));
    }

    private static OperatorBuilder Broadcast(Func<Tensor, Tensor, Tensor> function) => node =>
    {
        CheckBroadcast(node);
        return Binary(function);
    };

    private static Operation Divide(NodeContext node)
    {
        CheckBroadcast(node);
        // ONNX divides integers as C does, towards zero.
        return is_integral(node.Type(0)) ? Binary((a, b) => a.div(b, RoundingMode.trunc)) : Binary((a, b) => a.div(b));
    }

    private static Operation Power(NodeContext node)
    {
        CheckBroadcast(node, sameType: false);
        ScalarType type = node.Type(0);
        if (ConstantExponent(node) is { } number)
            return Unary(x => x.pow(number));
        return Binary((x, exponent) =>
        {
            using Tensor raised = x.pow(exponent);
            return raised.to(type);
        });
    }

    /// <summary>A fixed exponent of floats: squares and cubes are much cheaper than powers to a tensor, backward above all.</summary>
    private static double? ConstantExponent(NodeContext node)
    {
        if (!is_floating_point(node.Type(0)) || node.Constant(1) is not { } exponent || exponent.numel() != 1 || exponent.dim() > node.Rank(0))
            return null;
        using Tensor wide = exponent.to(ScalarType.Float64);
        return wide.item<double>();
    }

    private static void CheckBroadcast(NodeContext node, bool sameType = true)
    {
        node.RequireBroadcast();
        if (sameType)
            node.RequireSameType();
    }
}
