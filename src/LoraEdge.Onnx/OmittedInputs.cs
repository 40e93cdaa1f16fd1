using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Inputs with an empty name. At the end they mean nothing; in front of others only inputs that the operator can do without may
/// be left out so. ONNX Runtime takes that for granted and reads from nowhere where a node does otherwise.
/// </summary>
internal static class OmittedInputs
{
    /// <summary>Optional inputs with others behind them, by operator.</summary>
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
        ["com.microsoft.Attention"] = [2, 3, 4, 5, 6],
        ["com.microsoft.BiasGelu"] = [],
        ["com.microsoft.DynamicQuantizeMatMul"] = [3],
        ["com.microsoft.EmbedLayerNormalization"] = [1, 4],
        ["com.microsoft.FastGelu"] = [],
        ["com.microsoft.FusedMatMul"] = [],
        ["com.microsoft.GroupQueryAttention"] = [1, 2, 3, 4, 7, 8, 9, 10, 11, 12],
        ["com.microsoft.MatMulIntegerToFloat"] = [4, 5],
        ["com.microsoft.MatMulNBits"] = [3, 4],
        ["com.microsoft.MultiHeadAttention"] = [1, 2, 3, 4, 5, 6, 7, 8],
        ["com.microsoft.QLinearAdd"] = [2, 5],
        ["com.microsoft.QLinearMul"] = [2, 5],
        ["com.microsoft.RotaryEmbedding"] = [],
        ["com.microsoft.SkipLayerNormalization"] = [3],
        ["com.microsoft.SkipSimplifiedLayerNormalization"] = [],
    };

    /// <summary>Removes those at the end and checks the others. Operators of other domains that are not listed may leave out what they like.</summary>
    /// <exception cref="ModelFormatException">An input is omitted that the operator needs.</exception>
    public static void Resolve(NodeProto node, string model)
    {
        while (node.Input.Count > 0 && node.Input[node.Input.Count - 1].Length == 0)
            node.Input.RemoveAt(node.Input.Count - 1);
        int[]? optional = Optional(node);
        for (int i = 0; i < node.Input.Count; i++)
        {
            if (node.Input[i].Length == 0 && optional is not null && !optional.Contains(i))
                throw new ModelFormatException($"{model}: the node {node.OpType} '{NodeNames.Display(node)}' leaves out input {i}, which {node.OpType} needs. The file may be damaged: fetch or export it again.");
        }
    }

    private static int[]? Optional(NodeProto node)
    {
        string domain = OpsetImports.Normalize(node.Domain);
        string key = domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}";
        return s_optional.TryGetValue(key, out int[]? optional) ? optional : domain.Length == 0 ? [] : null;
    }
}
