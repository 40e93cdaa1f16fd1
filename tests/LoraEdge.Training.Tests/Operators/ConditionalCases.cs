namespace LoraEdge.Training.Tests.Operators;

/// <summary>If with branches of one node, by a constant and by a fed condition. What branches capture is in ConditionalTests.</summary>
internal static class ConditionalCases
{
    public static IEnumerable<OperatorCase> All()
    {
        foreach (bool condition in new[] { true, false })
        {
            yield return Branches(new OperatorCase("If", Opset: 11).Feed(HostTensor.From([condition])));
            yield return Branches(new OperatorCase("If", Opset: 7).Feed(HostTensor.From([condition], 1)));
            yield return Branches(new OperatorCase("If", Opset: 16).Constant(HostTensor.From([condition])));
        }
    }

    private static OperatorCase Branches(OperatorCase node) => node.With("then_branch", Branch([1f, 2f])).With("else_branch", Branch([3f, 4f]));

    private static GraphBuilder Branch(float[] values)
    {
        GraphBuilder branch = new GraphBuilder("outer").Subgraph("branch");
        branch.Node("Constant", [], ["chosen"], [("value", GraphBuilder.Tensor("", values, values.Length))]);
        return branch.Output("chosen", TensorElementType.Float32, values.Length);
    }
}
