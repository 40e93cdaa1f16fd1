namespace LoraEdge.Onnx;

/// <summary>One use of an initializer by one input of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Slot">Which of its inputs; -1 when a subgraph of the node captures the initializer.</param>
/// <param name="IsWeight">Whether the operator multiplies activations with this input as its weight.</param>
/// <param name="IsIndirect">Whether the node only passes the initializer on to an operator whose weight it then is.</param>
internal sealed record WeightUse(OnnxNode Node, int Slot, bool IsWeight, bool IsIndirect)
{
    /// <summary>Whether the weight is stored (out, in).</summary>
    public bool IsTransposed => Node.OpType == "Gemm" && Node.GetInt("transB", 0) != 0;

    /// <summary>The factor on the product.</summary>
    public float Alpha => Node.OpType == "Gemm" ? Node.GetFloat("alpha", 1f) : 1f;

    /// <summary>Whether this is the operand of MatMul or Gemm that can be adapted.</summary>
    public bool IsAdaptable => !IsIndirect && Slot == 1 && Node.Domain.Length == 0 && Node.OpType is "MatMul" or "Gemm";

    /// <summary>Every use of every initializer, by its name, in execution order. One pass, so that no graph makes it quadratic.</summary>
    public static Dictionary<string, List<WeightUse>> All(OnnxGraph graph)
    {
        var uses = new Dictionary<string, List<WeightUse>>(StringComparer.Ordinal);
        foreach (OnnxNode node in graph.Nodes)
        {
            for (int slot = 0; slot < node.Inputs.Count; slot++)
                Add(node.Inputs[slot], node, slot);
            foreach (string captured in node.CapturedValues)
                Add(captured, node, -1);
        }

        return uses;

        void Add(string value, OnnxNode node, int slot)
        {
            if (!graph.Initializers.ContainsKey(value))
                return;
            if (!uses.TryGetValue(value, out List<WeightUse>? known))
                uses.Add(value, known = []);
            bool indirect = slot == 0 && PassesAWeightOn(graph, node);
            known.Add(new WeightUse(node, slot, indirect || WeightSlots(node).Contains(slot), indirect));
        }
    }

    /// <summary>Whether a node uses a value directly as its weight.</summary>
    public static bool IsWeightOf(OnnxNode node, string value) => WeightSlots(node).Any(slot => slot < node.Inputs.Count && node.Inputs[slot] == value);

    private static bool PassesAWeightOn(OnnxGraph graph, OnnxNode node) =>
        node.Domain.Length == 0
        && node.OpType is "Transpose" or "Cast" or "Identity" or "DequantizeLinear"
        && node.Outputs.Count > 0
        && graph.ConsumersOf(node.Outputs[0]).Any(consumer => IsWeightOf(consumer, node.Outputs[0]));

    private static int[] WeightSlots(OnnxNode node) => node.Domain.Length > 0 ? [] : node.OpType switch
    {
        "MatMul" or "Gemm" => [0, 1],
        "Conv" or "ConvTranspose" => [1],
        "LSTM" or "GRU" or "RNN" => [1, 2],
        _ => [],
    };
}
