using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Which elements are infinite or not a number.</summary>
internal static class SpecialNumbers
{
    public static void Register(OperatorTable table)
    {
        table.Add("IsNaN", since: 9, OnFloats(x => x.isnan()));
        table.Add("IsInf", since: 10, IsInf);
    }

    private static Operation IsInf(NodeContext node)
    {
        node.RequireFloats(0);
        bool negative = node.Node.GetInt("detect_negative", 1) != 0, positive = node.Node.GetInt("detect_positive", 1) != 0;
        return (negative, positive) switch
        {
            (true, true) => Unary(x => x.isinf()),
            (true, false) => Unary(x => x.isneginf()),
            (false, true) => Unary(x => x.isposinf()),
            _ => Unary(x => zeros_like(x, ScalarType.Bool)),
        };
    }
}
