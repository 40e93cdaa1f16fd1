using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Comparisons, element by element with NumPy broadcasting.</summary>
internal static class Comparison
{
    public static void Register(OperatorTable table)
    {
        table.Add("Equal", since: 7, OnPairs((a, b) => a.eq(b)));
        table.Add("Less", since: 7, OnPairs((a, b) => a.lt(b), Numbers));
        table.Add("LessOrEqual", since: 12, OnPairs((a, b) => a.le(b), Numbers));
        table.Add("Greater", since: 7, OnPairs((a, b) => a.gt(b), Numbers));
        table.Add("GreaterOrEqual", since: 12, OnPairs((a, b) => a.ge(b), Numbers));
    }

    private static void Numbers(NodeContext node, int input) => node.RequireNumbers(input);
}
