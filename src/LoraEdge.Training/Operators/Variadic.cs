using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Min, Max, Sum and Mean of any number of inputs, which are broadcast together.</summary>
internal static class Variadic
{
    public static void Register(OperatorTable table)
    {
        table.Add("Min", since: 6, Over((a, b) => a.minimum(b)));
        table.Add("Max", since: 6, Over((a, b) => a.maximum(b)));
        table.Add("Sum", since: 6, Over((a, b) => a.add(b, Number.One)));
        table.Add("Mean", since: 6, Mean);
    }

    private static OperatorBuilder Over(Func<Tensor, Tensor, Tensor> combine) => node =>
    {
        CheckInputs(node);
        return inputs => [Combined(inputs, combine)];
    };

    private static Operation Mean(NodeContext node)
    {
        CheckInputs(node);
        node.RequireFloats(0);
        return inputs =>
        {
            using Tensor sum = Combined(inputs, (a, b) => a.add(b, Number.One));
            return [sum.div(Number.Of(inputs.Length))];
        };
    }

    private static Tensor Combined(Tensor?[] inputs, Func<Tensor, Tensor, Tensor> combine)
    {
        Tensor result = inputs[0]!.alias();
        foreach (Tensor? next in inputs.Skip(1))
        {
            using Tensor previous = result;
            result = combine(previous, next!);
        }

        return result;
    }

    private static void CheckInputs(NodeContext node)
    {
        node.RequireNumbers(0);
        for (int index = 1; index < node.InputCount; index++)
            node.RequireSameType(0, index);
        node.RequireBroadcastOf(Enumerable.Range(0, node.InputCount).Select(node.Shape));
    }
}
