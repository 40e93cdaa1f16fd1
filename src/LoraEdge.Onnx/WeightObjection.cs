using System.Globalization;

namespace LoraEdge.Onnx;

/// <summary>
/// Why a weight cannot be adapted. Merging changes the stored tensor for every reader, so every reader must be one that
/// training shows the changed tensor; integers cannot take a small change at all, so their layers get a branch beside them.
/// </summary>
/// <param name="graph">The model's graph.</param>
/// <param name="source">The weight.</param>
/// <param name="trace">Where it goes.</param>
internal sealed class WeightObjection(OnnxGraph graph, WeightSource source, WeightTrace trace)
{
    private bool IsQuantized => NarrowIntegers.Include(source.Tensor.DataType);

    /// <summary>The first objection; null when the weight can be adapted.</summary>
    /// <param name="reachable">The nodes that the graph's outputs need.</param>
    public string? First(HashSet<OnnxNode> reachable) => ToTensor() ?? ToUses() ?? ToShape() ?? ToSize() ?? (IsQuantized ? ToBranches() : null)
        ?? (trace.Reads.Any(read => read.Role.IsAdaptable && reachable.Contains(read.Node)) ? null : "no output of the graph depends on it");

    private string? ToTensor()
    {
        if (!IsQuantized && !OnnxDataType.IsAdaptable(source.Tensor.DataType))
            return $"its elements are {OnnxDataType.NameOf(source.Tensor.DataType)}, and only float32, float16 and bfloat16 are adapted, and integers of 4 and 8 bits that are dequantized";
        if (graph.IsOverridable(source.Name))
            return "it is a graph input too, so a caller may replace it at run time; export the model with constant weights";
        if (trace.Values.FirstOrDefault(value => graph.IsOutput(value.Name)) is { } output)
            return output.Name == source.Name ? "it is an output of the graph too, which must not change" : $"it is passed on as the output '{output.Name}' of the graph, which must not change";
        return null;
    }

    private string? ToUses()
    {
        if (trace.Reads.FirstOrDefault(read => read.Slot == ValueReads.BySubgraph) is { } captured)
            return $"a subgraph of node {captured.Node} uses it";
        if (trace.Lead is null)
            return ToForeign(trace.Reads.First(read => read.Role.IsWeight));
        return trace.Reads.FirstOrDefault(read => read.Role.IsAdaptable && !IsFactor(read.Role.Alpha)) is { } scaled
            ? $"node {scaled.Node} multiplies it by alpha = {scaled.Role.Alpha.ToString(CultureInfo.InvariantCulture)}"
            : null;
    }

    private static string ToForeign(WeightRead read)
    {
        if (read.Role.Kind == WeightRole.Kinds.Left)
            return $"it stands on the left of the product in node {read.Node}";
        return WeightRole.Of(read.Node, read.Slot).IsWeight
            ? $"it is the weight of node {read.Node}, and adapted are those of MatMul, Gemm, Conv, LSTM, GRU, RNN, and of FusedMatMul, FusedGemm, Attention and MatMulNBits of com.microsoft"
            : $"it reaches its layer through node {read.Node}; fold that node into the weight when exporting";
    }

    private string? ToShape()
    {
        foreach (WeightRead read in trace.Reads.Where(read => read.Role.IsAdaptable))
        {
            string? reason = read.Role.Kind switch
            {
                WeightRole.Kinds.Kernel => read.Rank is >= 3 and <= 5 ? null : $"it has {read.Rank} axes, and convolutions are adapted in one to three dimensions",
                WeightRole.Kinds.BlockProduct => null,
                WeightRole.Kinds.Recurrent when !read.Value.IsInOrder => $"it reaches node {read.Node} transposed; store it as the operator takes it when exporting",
                WeightRole.Kinds.Recurrent => read.Rank == 3 && source.Tensor.Dims[0] is 1 or 2 ? null : $"it has the shape [{string.Join(",", source.Tensor.Dims)}], and recurrent weights are [directions, out, in] with one or two directions",
                _ => read.Rank == 2 ? null : $"it has {read.Rank} axes, and only matrices are adapted",
            };
            if (reason is not null)
                return reason;
        }

        return source.Tensor.Count == 0 ? "it has no elements" : null;
    }

    private string? ToSize()
    {
        (long outFeatures, long inFeatures) = AdaptableLayer.SizeOf(source.Tensor, trace.Lead!);
        if (outFeatures > AdapterLimits.MaxOutFeatures || inFeatures > AdapterLimits.MaxInFeatures)
            return $"it has {outFeatures} outputs and {inFeatures} inputs, and an adapter file holds layers of at most {AdapterLimits.MaxOutFeatures} and {AdapterLimits.MaxInFeatures}";
        return null;
    }

    private string? ToBranches()
    {
        foreach (WeightRead read in trace.Reads)
        {
            if (read.Role.Kind == WeightRole.Kinds.BlockProduct && (read.Value.Name != source.Name || BlockWeight.Of(graph, read.Node, source.Tensor) is null))
                return $"node {read.Node} does not read it as rows of 4- or 8-bit blocks in their own order (no g_idx) with constant scales and zero points that fit";
            if (read.Value.Dequantizer is null && read.Role.Kind is not (WeightRole.Kinds.IntegerProduct or WeightRole.Kinds.BlockProduct))
                return $"its elements are {OnnxDataType.NameOf(source.Tensor.DataType)}, and node {read.Node} uses them without a DequantizeLinear";
            if (read.Value.Dequantizer is null && read.Role.Kind == WeightRole.Kinds.IntegerProduct && DynamicProduct.Around(graph, read.Node) is null)
                return $"node {read.Node} is not between the DynamicQuantizeLinear, Cast and Mul of a dynamically quantized layer, so the layer's floats are not known";
            if (LayerUses.KindOf(read, trace.Lead!) is LayerUseKind.Whole or LayerUseKind.FusedProduct)
                return $"it is quantized, so its change is served as a branch beside the layer, and none can stand beside node {read.Node}";
        }

        return LayerUses.Quantization(graph, source.Tensor, trace.Lead!) is null
            ? $"the scale and zero point with which node {(trace.Lead!.Value.Dequantizer ?? trace.Lead.Node)} reads it are no constants that fit it"
            : null;
    }

    private static bool IsFactor(float alpha) => alpha != 0 && !float.IsNaN(alpha) && !float.IsInfinity(alpha);
}
