namespace LoraEdge.Onnx;

/// <summary>The inputs of an attached model that its branches share.</summary>
internal sealed class TableInputs(BranchNodes nodes, BatchRows rows, int rank)
{
    private readonly List<TableInput> _tables = [];
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);

    /// <summary>Rank r.</summary>
    public int Rank => rank;

    /// <summary>What is known of the rows of values.</summary>
    public BatchRows Rows => rows;

    /// <summary>The tables so far.</summary>
    public IReadOnlyList<TableInput> Tables => _tables;

    /// <summary>The input that chooses players.</summary>
    public string Players { get; } = nodes.Input("players", TensorElementType.Int64, "loraedge.rows");

    /// <summary>The table of a layer, in one of its shapes.</summary>
    public string Table(int layer, int rowsPerPlayer, params long[] rowShape)
    {
        if (_tables.FirstOrDefault(table => table.Layer == layer && table.RowsPerPlayer == rowsPerPlayer && table.RowShape.SequenceEqual(rowShape)) is { } present)
            return present.Name;
        string name = nodes.Input("B", TensorElementType.Float32, [default, .. rowShape.Select(size => (Dimension)size)]);
        _tables.Add(new TableInput(name, layer, rowsPerPlayer, rowShape));
        return name;
    }

    /// <summary>The shape <c>(number of players, any, last...)</c> for a Reshape.</summary>
    public string ShapeByPlayer(params long[] last) => Shared($"shape {string.Join(",", last)}", () =>
        nodes.Shared("Concat", [Shared("count", () => nodes.Shared("Shape", [Players])), nodes.Constant("axes", [-1, .. last])], AttributeValue.ToProto("axis", 0)));

    /// <summary>Where each player's rows begin in a table of several rows a player, with as many axes as are wanted.</summary>
    public string FirstRows(int rowsPerPlayer, int axes) => Shared($"first {rowsPerPlayer} {axes}", () =>
        nodes.Shared("Reshape", [nodes.Shared("Mul", [Players, nodes.Constant("stride", (long)rowsPerPlayer)]), nodes.Constant("axes", [-1, .. Enumerable.Repeat(1L, axes - 1)])]));

    private string Shared(string key, Func<string> make)
    {
        if (!_shared.TryGetValue(key, out string? value))
            _shared.Add(key, value = make());
        return value;
    }
}
