using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Einsum.</summary>
internal static class Contraction
{
    public static void Register(OperatorTable table) => table.Add("Einsum", since: 12, Einsum);

    private static Operation Einsum(NodeContext node)
    {
        node.Require(node.InputCount > 0, "there is nothing to multiply");
        ScalarType type = node.Type(0);
        node.Require(type is not (ScalarType.Bool or ScalarType.Byte), $"{type} is not multiplied");
        for (int index = 1; index < node.InputCount; index++)
            node.RequireSameType(0, index);
        EinsumEquation equation = EinsumEquation.Parse(node);
        equation.RequireSizes(node);
        string explicitForm = equation.ToString();
        return inputs =>
        {
            using Tensor result = einsum(explicitForm, [.. inputs.Select(input => input!)]);
            // libtorch sums small integers as int64.
            return [result.to(type)];
        };
    }
}
