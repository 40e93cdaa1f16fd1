namespace LoraEdge.Onnx;

/// <summary>What the reads of a weight are to the layer that the first of them makes it.</summary>
internal static class LayerUses
{
    /// <summary>Every use of a weight.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="trace">Where the weight goes; it can be adapted.</param>
    public static IReadOnlyList<LayerUse> Of(OnnxGraph graph, WeightTrace trace) => [.. trace.Reads.Select(read => Of(graph, read, trace.Lead!))];

    /// <summary>What a node does with the weight, when another one decides what its rows and columns are.</summary>
    /// <param name="read">The node.</param>
    /// <param name="lead">The first node that can be adapted.</param>
    public static LayerUseKind KindOf(WeightRead read, WeightRead lead)
    {
        if (read.Node.Outputs.Count == 0 || read.Node.Outputs[0].Length == 0 || read.Node.Inputs.Count < 2)
            return LayerUseKind.Whole;
        bool isMatrix = lead.Role.Kind is not (WeightRole.Kinds.Kernel or WeightRole.Kinds.Recurrent or WeightRole.Kinds.BlockProduct);
        bool isSameMatrix = isMatrix && read.IsStoredTransposed == lead.IsStoredTransposed;
        return read.Role.Kind switch
        {
            WeightRole.Kinds.Product when isSameMatrix => LayerUseKind.Product,
            WeightRole.Kinds.FusedProduct when isSameMatrix => LayerUseKind.FusedProduct,
            WeightRole.Kinds.IntegerProduct when isSameMatrix => LayerUseKind.IntegerProduct,
            WeightRole.Kinds.BlockProduct when lead.Role.Kind == WeightRole.Kinds.BlockProduct && BlockWeight.SizeOf(read.Node) == BlockWeight.SizeOf(lead.Node) => LayerUseKind.Product,
            WeightRole.Kinds.Table when isMatrix => LayerUseKind.Rows,
            WeightRole.Kinds.Kernel when lead.Role.Kind == WeightRole.Kinds.Kernel && read.Value.Axes.SequenceEqual(lead.Value.Axes) => LayerUseKind.Convolution,
            _ => LayerUseKind.Whole,
        };
    }

    /// <summary>How the integers are read that a node makes its weight of; null when that is not constant.</summary>
    public static IIntegerWeight? Quantization(OnnxGraph graph, Initializer tensor, WeightRead read)
    {
        if (read.Role.Kind == WeightRole.Kinds.BlockProduct)
            return BlockWeight.Of(graph, read.Node, tensor);
        (OnnxNode node, int zeroPointSlot) = read.Value.Dequantizer is { } dequantizer ? (dequantizer, 2) : (read.Node, 3);
        Initializer? zeroPoint = Constant(graph, node, zeroPointSlot);
        if (zeroPoint is null && zeroPointSlot < node.Inputs.Count && node.Inputs[zeroPointSlot].Length > 0)
            return null;
        return read.Value.Dequantizer is null
            ? QuantizedWeight.Of(tensor, read.Value.Axes, axis: 1, DynamicProduct.Around(graph, node)?.Scale, zeroPoint)
            : QuantizedWeight.Of(tensor, read.Value.DequantizedAxes!, node.GetInt("axis", 1), Constant(graph, node, 1), zeroPoint, node.GetInt("block_size", 0));
    }

    private static LayerUse Of(OnnxGraph graph, WeightRead read, WeightRead lead)
    {
        LayerUseKind kind = KindOf(read, lead);
        var use = new LayerUse(read.Node, read.Value.Name, kind)
        {
            IsTransposed = lead.IsStoredTransposed == read.Value.IsInOrder,
            Alpha = read.Role.Alpha,
            DataType = read.Value.DataType,
        };
        if (kind == LayerUseKind.Whole)
            return use;
        if (kind == LayerUseKind.IntegerProduct)
        {
            // A product that is not one of the exporters' form has no branch beside it.
            if (DynamicProduct.Around(graph, read.Node) is not { } product)
                return use with { Kind = LayerUseKind.Whole };
            return use with { Input = product.Input, Output = product.Output, DataType = OnnxDataType.Float };
        }

        if (read.Role.Kind == WeightRole.Kinds.BlockProduct)
            use = use with { DataType = BlockWeight.TypeOf(graph, read.Node) };

        return use with { Input = read.Node.Inputs[kind == LayerUseKind.Rows ? 1 : 0], Output = read.Node.Outputs[0] };
    }

    private static Initializer? Constant(OnnxGraph graph, OnnxNode node, int slot) => slot < node.Inputs.Count ? graph.ConstantOf(node.Inputs[slot]) : null;
}
