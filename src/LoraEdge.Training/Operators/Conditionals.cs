using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// If. A condition that is known when the plan is made leaves one branch, whose nodes then belong to the plan like any other;
/// otherwise the values of each run decide.
/// </summary>
internal static class Conditionals
{
    private const string Then = "then_branch", Else = "else_branch";

    public static void Register(OperatorTable table) => table.Add("If", since: 1, If, Objection);

    private static Operation If(NodeContext node)
    {
        node.Require(node.Node.Inputs.Count == 1 && node.Has(0), "it takes the condition and nothing else");
        node.Require(node.Type(0) == ScalarType.Bool && node.Shape(0).All(size => size == 1), "the condition must be one truth value");
        if (node.Constant(0) is { } condition)
        {
            node.Inlined = node.Node.GetGraph(condition.item<bool>() ? Then : Else);
            return _ => [];
        }

        node.ShapeDependsOn(0);
        (Subgraph then, Subgraph otherwise) = (node.Subgraphs[Then], node.Subgraphs[Else]);
        return inputs => (inputs[0]!.item<bool>() ? then : otherwise).Run(inputs);
    }

    private static string? Objection(OnnxNode node)
    {
        foreach (string name in new[] { Then, Else })
        {
            if (node.GetGraph(name) is not { } branch)
                return $"it has no {name}";
            if (branch.Inputs.Count > 0 || branch.Outputs.Count != node.Outputs.Count)
                return $"its {name} must have no inputs and {node.Outputs.Count} outputs";
        }

        return null;
    }
}
