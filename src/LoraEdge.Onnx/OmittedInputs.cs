namespace LoraEdge.Onnx;

/// <summary>
/// Which inputs a node may omit by an empty name. ONNX Runtime does not check this, and ends the process where a kernel reads an
/// input that is not there.
/// </summary>
internal static class OmittedInputs
{
    // In ONNX optional inputs come after all others. Operators that are not listed have none.
    private static readonly Dictionary<string, int> s_firstOptional = new(StringComparer.Ordinal)
    {
        ["Attention"] = 3,
        ["Clip"] = 1,
        ["Conv"] = 2,
        ["ConvInteger"] = 2,
        ["ConvTranspose"] = 2,
        ["DFT"] = 1,
        ["DeformConv"] = 3,
        ["DequantizeLinear"] = 2,
        ["Dropout"] = 1,
        ["GRU"] = 3,
        ["Gemm"] = 2,
        ["LSTM"] = 3,
        ["LayerNormalization"] = 2,
        ["Loop"] = 0,
        ["MatMulInteger"] = 2,
        ["MaxUnpool"] = 2,
        ["NegativeLogLikelihoodLoss"] = 2,
        ["NonMaxSuppression"] = 2,
        ["Optional"] = 0,
        ["OptionalHasElement"] = 0,
        ["Pad"] = 2,
        ["QLinearConv"] = 8,
        ["QuantizeLinear"] = 2,
        ["RNN"] = 3,
        ["ReduceL1"] = 1,
        ["ReduceL2"] = 1,
        ["ReduceLogSum"] = 1,
        ["ReduceLogSumExp"] = 1,
        ["ReduceMax"] = 1,
        ["ReduceMean"] = 1,
        ["ReduceMin"] = 1,
        ["ReduceProd"] = 1,
        ["ReduceSum"] = 1,
        ["ReduceSumSquare"] = 1,
        ["Resize"] = 1,
        ["RotaryEmbedding"] = 3,
        ["STFT"] = 2,
        ["Scan"] = 0,
        ["SequenceInsert"] = 2,
        ["Slice"] = 3,
        ["SoftmaxCrossEntropyLoss"] = 2,
        ["Split"] = 1,
        ["SplitToSequence"] = 1,
        ["Squeeze"] = 1,
        ["TensorScatter"] = 2,
        ["Trilu"] = 1,
    };

    // Elsewhere they stand where they were added. Of operators that are not listed nothing is known.
    private static readonly Dictionary<string, int[]> s_neededByMicrosoft = new(StringComparer.Ordinal)
    {
        ["Attention"] = [0, 1, 2],
        ["BiasGelu"] = [0, 1],
        ["DynamicQuantizeMatMul"] = [0, 1, 2],
        ["EmbedLayerNormalization"] = [0, 2, 3, 5, 6],
        ["FastGelu"] = [0],
        ["FusedGemm"] = [0, 1],
        ["FusedMatMul"] = [0, 1],
        ["GroupQueryAttention"] = [0, 5, 6],
        ["MatMulIntegerToFloat"] = [0, 1, 2, 3],
        ["MatMulNBits"] = [0, 1, 2],
        ["MultiHeadAttention"] = [0],
        ["QLinearAdd"] = [0, 1, 3, 4, 6],
        ["QLinearMul"] = [0, 1, 3, 4, 6],
        ["RotaryEmbedding"] = [0, 1, 2, 3],
        ["SkipLayerNormalization"] = [0, 1, 2],
        ["SkipSimplifiedLayerNormalization"] = [0, 1, 2],
    };

    /// <summary>Checks a graph and its subgraphs.</summary>
    /// <exception cref="ModelFormatException">A node omits an input that its operator needs.</exception>
    public static void Check(OnnxGraph graph, string model)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i].Length == 0 && IsNeeded(node, i))
                    throw new ModelFormatException($"{model}: the node {node} omits its input {i}, which the operator needs. Export the model again.");
            }
        }

        foreach (OnnxGraph inner in graph.Nodes.SelectMany(node => node.Subgraphs))
            Check(inner, model);
    }

    // ONNX Runtime reads the axis of DFT wherever there is a third name, an empty one included.
    private static bool IsNeeded(OnnxNode node, int input) => node.Domain switch
    {
        "" when node.OpType == "DFT" && input == 2 => true,
        "" => !s_firstOptional.TryGetValue(node.OpType, out int first) || input < first,
        "com.microsoft" => s_neededByMicrosoft.TryGetValue(node.OpType, out int[]? needed) && needed.Contains(input),
        _ => false,
    };
}
