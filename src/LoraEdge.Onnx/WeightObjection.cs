namespace LoraEdge.Onnx;

/// <summary>
/// Why a weight cannot be adapted. Merging changes the initializer for every reader, so every reader must be one whose use of
/// it training reproduces.
/// </summary>
internal static class WeightObjection
{
    /// <summary>The first objection; null when the weight can be adapted.</summary>
    public static string? To(OnnxGraph graph, Initializer weight, List<WeightUse> uses, HashSet<OnnxNode> reachable) =>
        ToTensor(graph, weight) ?? uses.Select(ToUse).FirstOrDefault(reason => reason is not null) ?? ToShape(weight) ?? ToUsesTogether(uses, reachable);

    private static string? ToTensor(OnnxGraph graph, Initializer weight)
    {
        if (weight.DataType is not (OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16))
            return $"its elements are {OnnxDataType.NameOf(weight.DataType)}, and only float32, float16 and bfloat16 are adapted";
        if (graph.IsOverridable(weight.Name))
            return "it is a graph input too, so a caller may replace it at run time; export the model with constant weights";
        if (graph.IsOutput(weight.Name))
            return "it is an output of the graph too, which must not change";
        return null;
    }

    private static string? ToUse(WeightUse use)
    {
        if (use.Slot < 0)
            return $"a subgraph of node {use.Node} uses it";
        if (use.IsIndirect)
            return $"it reaches its layer through node {use.Node}; fold that node into the weight when exporting";
        if (use.Node.OpType is "Conv" or "ConvTranspose" or "LSTM" or "GRU" or "RNN" && use.IsWeight)
            return $"it is the weight of node {use.Node}, and this version adapts MatMul and Gemm";
        if (use.IsWeight && !use.IsAdaptable)
            return $"it stands on the left of the product in node {use.Node}";
        return use.IsAdaptable ? ToProduct(use) : $"node {use.Node} uses it too, and would see another tensor than the one trained";
    }

    private static string? ToProduct(WeightUse use)
    {
        if (use.Node.GetInt("transA", 0) != 0)
            return $"node {use.Node} transposes its other operand (transA)";
        return use.Alpha == 0 || float.IsNaN(use.Alpha) || float.IsInfinity(use.Alpha)
            ? $"node {use.Node} multiplies it by alpha = {use.Alpha.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
            : null;
    }

    private static string? ToShape(Initializer weight)
    {
        if (weight.Dims.Length != 2)
            return $"it has {weight.Dims.Length} axes, and only matrices are adapted";
        return weight.Count == 0 ? "it has no elements" : null;
    }

    private static string? ToUsesTogether(List<WeightUse> uses, HashSet<OnnxNode> reachable)
    {
        if (uses.Any(use => use.IsTransposed != uses[0].IsTransposed))
            return $"nodes {string.Join(" and ", uses.Select(use => use.Node))} use it in different orientations (transB)";
        if (uses.Any(use => use.Alpha != uses[0].Alpha))
            return $"nodes {string.Join(" and ", uses.Select(use => use.Node))} multiply it by different alpha";
        return uses.Any(use => reachable.Contains(use.Node)) ? null : "no output of the graph depends on it";
    }
}
