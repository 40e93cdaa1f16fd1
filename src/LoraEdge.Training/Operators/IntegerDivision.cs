using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Division of integers, checked first: a divisor of zero, and the lowest number divided by -1, make the processor raise a
/// signal that ends the process.
/// </summary>
internal static class IntegerDivision
{
    /// <summary>The operation, with the checks that its divisors need. Constant divisors are checked once.</summary>
    /// <param name="node">The node; its inputs are dividend and divisor.</param>
    /// <param name="divide">The function to run on what passed.</param>
    public static Operation Checked(NodeContext node, Func<Tensor, Tensor, Tensor> divide)
    {
        bool overflows = node.Type(0) is ScalarType.Int32 or ScalarType.Int64;
        if (node.Constant(1) is { } divisor)
        {
            node.Require(!Holds(divisor, 0), "the divisor is zero");
            overflows = overflows && Holds(divisor, -1);
            return overflows ? Binary((a, b) => divide(RequireNoOverflow(node, a, b), b)) : Binary(divide);
        }

        return Binary((a, b) =>
        {
            if (Holds(b, 0))
                throw new InvalidInputException($"Node '{node.Node.DisplayName}' ({node.Node.OpType}) divides integers by zero; give inputs that keep its divisor away from it.");
            return divide(overflows ? RequireNoOverflow(node, a, b) : a, b);
        });
    }

    private static Tensor RequireNoOverflow(NodeContext node, Tensor a, Tensor b)
    {
        long lowest = node.Type(0) == ScalarType.Int32 ? int.MinValue : long.MinValue;
        using Tensor extreme = a.eq(Number.Of(lowest)), turned = b.eq(Number.Of(-1)), both = extreme.logical_and(turned), any = both.any();
        return any.item<bool>()
            ? throw new InvalidInputException($"Node '{node.Node.DisplayName}' ({node.Node.OpType}) divides {lowest} by -1, which {node.Type(0)} cannot hold; give inputs that avoid it.")
            : a;
    }

    private static bool Holds(Tensor numbers, long value)
    {
        using Tensor equal = numbers.eq(Number.Of(value)), any = equal.any();
        return any.item<bool>();
    }
}
