namespace LoraEdge.Onnx;

/// <summary>
/// B of many players, as rows of tables that are fed. Where the first axis of a value is known to be the batch's, each of its rows
/// meets the B of its player by broadcasting. Where it is not, the value is cut into as many equal parts as there are players, which
/// is right where the rows of one row of the batch follow each other, as after a Reshape to <c>(batch*time, width)</c>.
/// </summary>
/// <param name="nodes">Where nodes and inputs go.</param>
/// <param name="inputs">The inputs of the model.</param>
/// <param name="layer">The layer.</param>
/// <param name="index">Its index among the layers.</param>
internal sealed class TableFactor(BranchNodes nodes, TableInputs inputs, AdaptableLayer layer, int index) : IOutFactor
{
    private readonly int _rank = inputs.Rank;

    /// <inheritdoc />
    public string Product(LayerUse use, string z, string frozen)
    {
        int? axes = inputs.Rows.AxesOf(use.Output);
        return axes >= 2 && (_rank == 1 || axes == 3)
            ? Times(z, axes.Value)
            : Back(Times(ByPlayer(z, _rank), 3), frozen);
    }

    /// <inheritdoc />
    public string Rows(LayerUse use, string a, string frozen)
    {
        // An index counts from the end when it is negative, and must then not reach into another player's rows.
        string indices = nodes.Node("Mod", [nodes.Node("Cast", [use.Input], AttributeValue.ToProto("to", OnnxDataType.Int64)), nodes.Constant("count", (long)layer.OutFeatures)]);
        string table = inputs.Table(index, layer.OutFeatures, _rank);
        return inputs.Rows.AxesOf(use.Input) is { } axes and > 0
            ? nodes.Node("MatMul", [nodes.Node("Gather", [table, Offset(indices, axes)]), a])
            : Back(nodes.Node("MatMul", [nodes.Node("Gather", [table, Offset(ByPlayer(indices), 2)]), a]), frozen);
    }

    /// <inheritdoc />
    public string Kernel(LayerUse use, string z, int groups, string frozen)
    {
        int perGroup = layer.OutFeatures / groups;
        if (_rank == 1 && (groups == 1 || perGroup == 1))
            return nodes.Node("Mul", [z, Chosen([layer.OutFeatures, .. layer.Dims.Skip(2).Select(_ => 1L)])]);
        string byGroup = nodes.Node("Reshape", [z, nodes.Constant("axes", 0, groups, _rank, -1)]);
        return Back(nodes.Node("MatMul", [Chosen(groups, perGroup, _rank), byGroup]), frozen);
    }

    /// <summary>z of a number of axes, times the B of its rows' players.</summary>
    private string Times(string z, int axes)
    {
        if (_rank == 1)
            return nodes.Node("Mul", [z, Chosen([.. Enumerable.Repeat(1L, axes - 2), layer.OutFeatures])]);
        return nodes.Node("MatMul", [z, nodes.Node("Transpose", [Chosen(layer.OutFeatures, _rank)], AttributeValue.ToProto("perm", new[] { 0, 2, 1 }))]);
    }

    private string Chosen(params long[] rowShape) => nodes.Node("Gather", [inputs.Table(index, 1, rowShape), inputs.Players]);

    private string Offset(string indices, int axes) => nodes.Node("Add", [indices, inputs.FirstRows(layer.OutFeatures, axes)]);

    private string ByPlayer(string value, params long[] last) => nodes.Node("Reshape", [value, inputs.ShapeByPlayer(last)]);

    private string Back(string change, string frozen) => nodes.Node("Reshape", [change, nodes.Node("Shape", [frozen])]);
}
