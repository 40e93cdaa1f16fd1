namespace LoraEdge.Onnx;

/// <summary>B of one adapter, as constants of the graph.</summary>
/// <param name="nodes">Where nodes and constants go.</param>
/// <param name="branch">The layer and its factors.</param>
internal sealed class ConstantFactor(BranchNodes nodes, LayerBranch branch) : IOutFactor
{
    private readonly float[] _scaled = [.. branch.B.Select(value => value * branch.Scale)];

    /// <inheritdoc />
    public string Product(LayerUse use, string z, string frozen) =>
        nodes.Node("MatMul", [z, nodes.Constant("B", BranchEdit.Transposed(_scaled, branch.Layer.OutFeatures), branch.Rank, branch.Layer.OutFeatures)]);

    /// <inheritdoc />
    public string Rows(LayerUse use, string a, string frozen) =>
        nodes.Node("MatMul", [nodes.Node("Gather", [nodes.Constant("B", _scaled, branch.Layer.OutFeatures, branch.Rank), use.Input]), a]);

    /// <inheritdoc />
    public string Kernel(LayerUse use, string z, int groups, string frozen)
    {
        long[] shape = [branch.Layer.OutFeatures, branch.Rank, .. branch.Layer.Dims.Skip(2).Select(_ => 1L)];
        return nodes.Node("Conv", [z, nodes.Constant("B", _scaled, shape)], AttributeValue.ToProto("group", groups));
    }
}
