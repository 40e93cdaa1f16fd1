using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Arithmetic on two inputs with NumPy broadcasting (opset 7 on).</summary>
internal static class Arithmetic
{
    public static void Register(OperatorTable table)
    {
        table.Add("Add", since: 7, OnPairs((a, b) => a.add(b, Number.One), Numbers));
        table.Add("Sub", since: 7, OnPairs((a, b) => a.sub(b), Numbers));
        table.Add("Mul", since: 7, OnPairs((a, b) => a.mul(b), Numbers));
        table.Add("Div", since: 7, Divide);
        table.Add("Mod", since: 10, Modulo);
        table.Add("Pow", since: 7, Power);
    }

    private static void Numbers(NodeContext node, int input) => node.RequireNumbers(input);

    /// <summary>ONNX divides integers as C does, towards zero.</summary>
    private static Operation Divide(NodeContext node)
    {
        CheckNumbers(node);
        return is_integral(node.Type(0)) ? IntegerDivision.Checked(node, (a, b) => a.div(b, RoundingMode.trunc)) : Binary((a, b) => a.div(b));
    }

    /// <summary>The remainder has the divisor's sign, or with <c>fmod</c> the dividend's as in C.</summary>
    private static Operation Modulo(NodeContext node)
    {
        CheckNumbers(node);
        bool asInC = node.Node.GetInt("fmod", 0) != 0;
        if (is_integral(node.Type(0)))
            return IntegerDivision.Checked(node, asInC ? (a, b) => a.fmod(b) : (a, b) => a.remainder(b));
        node.Require(asInC, "floating-point numbers need fmod = 1");
        return Binary((a, b) => a.fmod(b));
    }

    private static Operation Power(NodeContext node)
    {
        node.RequireNumbers(0);
        node.RequireNumbers(1);
        node.RequireBroadcast();
        ScalarType type = node.Type(0);
        if (ConstantExponent(node) is { } number)
            return Unary(x => x.pow(Number.Of(number)));
        // Integers to a power that is no integer: float32 has too few digits for them.
        ScalarType between = is_integral(type) && is_floating_point(node.Type(1)) ? ScalarType.Float64 : type;
        return Binary((x, exponent) =>
        {
            using Tensor wide = x.to(between), raised = wide.pow(exponent);
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

    private static void CheckNumbers(NodeContext node)
    {
        node.RequireNumbers(0);
        node.RequireSameType();
        node.RequireBroadcast();
    }
}
