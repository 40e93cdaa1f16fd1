namespace LoraEdge.Onnx;

/// <summary>
/// Which inputs a node may omit in front of others by an empty name. ONNX Runtime does not check this, and ends the process
/// where a kernel reads an input that is not there. (At the end an empty name means nothing; <see cref="ModelReader"/> drops it.)
/// </summary>
internal static class OmittedInputs
{
    private const string Microsoft = "com.microsoft.";

    // Those with others behind them. Operators of ONNX that are not listed have none; of operators of other domains that are not
    // listed nothing is known.
    private static readonly Dictionary<string, int[]> s_optional = new(StringComparer.Ordinal)
    {
        ["Attention"] = [3, 4, 5],
        ["Clip"] = [1],
        ["ConvInteger"] = [2],
        ["DFT"] = [1],
        ["DeformConv"] = [3],
        ["Dropout"] = [1],
        ["GRU"] = [3, 4],
        ["LSTM"] = [3, 4, 5, 6],
        ["Loop"] = [0, 1],
        ["MatMulInteger"] = [2],
        ["NonMaxSuppression"] = [2, 3],
        ["Pad"] = [2],
        ["RNN"] = [3, 4],
        ["Resize"] = [1, 2],
        ["STFT"] = [2],
        ["Scan"] = [0],
        ["Slice"] = [3],
        [Microsoft + "Attention"] = [3, 4, 5],
        [Microsoft + "BiasGelu"] = [],
        [Microsoft + "DynamicQuantizeMatMul"] = [3],
        [Microsoft + "EmbedLayerNormalization"] = [1, 4],
        [Microsoft + "FusedMatMul"] = [],
        [Microsoft + "GroupQueryAttention"] = [1, 2, 3, 4, 7, 8, 9, 10, 11, 12],
        [Microsoft + "MatMulIntegerToFloat"] = [4, 5],
        [Microsoft + "MatMulNBits"] = [3, 4],
        [Microsoft + "MultiHeadAttention"] = [1, 2, 3, 4, 5, 6, 7, 8],
        [Microsoft + "QLinearAdd"] = [2, 5],
        [Microsoft + "QLinearMul"] = [2, 5],
        [Microsoft + "RotaryEmbedding"] = [],
        [Microsoft + "SkipLayerNormalization"] = [3],
        [Microsoft + "SkipSimplifiedLayerNormalization"] = [],
    };

    /// <summary>Checks a graph and its subgraphs.</summary>
    /// <exception cref="ModelFormatException">A node omits an input that its operator needs.</exception>
    public static void Check(OnnxGraph graph, string model)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            int[]? optional = OptionalOf(node);
            for (int i = 0; i < node.Inputs.Count && optional is not null; i++)
            {
                if (node.Inputs[i].Length == 0 && !optional.Contains(i))
                    throw new ModelFormatException($"{model}: the node {node} omits its input {i}, which the operator needs. Export the model again.");
            }
        }

        foreach (OnnxGraph inner in graph.Nodes.SelectMany(node => node.Subgraphs))
            Check(inner, model);
    }

    private static int[]? OptionalOf(OnnxNode node)
    {
        if (node.Domain.Length == 0)
            return s_optional.TryGetValue(node.OpType, out int[]? own) ? own : [];
        return s_optional.TryGetValue($"{node.Domain}.{node.OpType}", out int[]? optional) ? optional : null;
    }
}
