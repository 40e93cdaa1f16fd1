using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators on truth values, and the choice between two tensors by them.</summary>
internal static class Logic
{
    public static void Register(OperatorTable table)
    {
        table.Add("And", since: 7, OnPairs((a, b) => a.logical_and(b), Booleans));
        table.Add("Or", since: 7, OnPairs((a, b) => a.logical_or(b), Booleans));
        table.Add("Xor", since: 7, OnPairs((a, b) => a.logical_xor(b), Booleans));
        table.Add("Not", since: 1, Not);
        table.Add("Where", since: 9, Where);
    }

    private static void Booleans(NodeContext node, int input) => node.RequireBooleans(input);

    private static Operation Not(NodeContext node)
    {
        node.RequireBooleans(0);
        return Unary(x => x.logical_not());
    }

    private static Operation Where(NodeContext node)
    {
        node.RequireBooleans(0);
        node.RequireSameType(1, 2);
        node.RequireBroadcastOf([node.Shape(0), node.Shape(1), node.Shape(2)]);
        return inputs => [where(inputs[0]!, inputs[1]!, inputs[2]!)];
    }
}
