using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators on the bits of integers.</summary>
internal static class Bits
{
    public static void Register(OperatorTable table)
    {
        table.Add("BitwiseAnd", since: 18, OnPairs((a, b) => a.bitwise_and(b), Integers));
        table.Add("BitwiseOr", since: 18, OnPairs((a, b) => a.bitwise_or(b), Integers));
        table.Add("BitwiseXor", since: 18, OnPairs((a, b) => a.bitwise_xor(b), Integers));
        table.Add("BitwiseNot", since: 18, Not);
        table.Add("BitShift", since: 11, Shift, Objection);
    }

    private static void Integers(NodeContext node, int input) => node.RequireIntegers(input);

    private static Operation Not(NodeContext node)
    {
        node.RequireIntegers(0);
        return Unary(x => x.bitwise_not());
    }

    private static Operation Shift(NodeContext node)
    {
        node.Require(node.Type(0) == ScalarType.Byte, "only uint8 is shifted; libtorch has no wider unsigned integers");
        node.RequireSameType();
        node.RequireBroadcast();
        return IsLeft(node.Node) ? Binary((a, b) => a.bitwise_left_shift(b)) : Binary((a, b) => a.bitwise_right_shift(b));
    }

    private static bool IsLeft(OnnxNode node) => node.GetString("direction", "") == "LEFT";

    private static string? Objection(OnnxNode node) =>
        node.GetString("direction", "") is "LEFT" or "RIGHT" ? null : "direction must be LEFT or RIGHT";
}
