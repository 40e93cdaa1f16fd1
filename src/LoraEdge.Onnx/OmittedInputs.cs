namespace LoraEdge.Onnx;

/// <summary>
/// Which inputs a node of ONNX's own operators may omit in between by an empty name. ONNX Runtime does not check this, and ends
/// the process where a kernel reads an input that is not there.
/// </summary>
internal static class OmittedInputs
{
    // Optional inputs come after all others. Operators that are not listed have none.
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

    /// <summary>Checks a graph and its subgraphs.</summary>
    /// <exception cref="ModelFormatException">A node omits an input that its operator needs.</exception>
    public static void Check(OnnxGraph graph, string model)
    {
        foreach (OnnxNode node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            int required = s_firstOptional.TryGetValue(node.OpType, out int first) ? first : node.Inputs.Count;
            for (int i = 0; i < Math.Min(required, node.Inputs.Count); i++)
            {
                if (node.Inputs[i].Length == 0)
                    throw new ModelFormatException($"{model}: the node {node} omits its input {i}, which the operator needs. Export the model again.");
            }
        }

        foreach (OnnxGraph inner in graph.Nodes.SelectMany(node => node.Subgraphs))
            Check(inner, model);
    }
}
