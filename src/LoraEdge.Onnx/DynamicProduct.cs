namespace LoraEdge.Onnx;

/// <summary>
/// What dynamic quantization makes of <c>y = x*W</c>: DynamicQuantizeLinear, MatMulInteger, Cast to float32, and Mul with the
/// product of both scales.
/// </summary>
/// <param name="Input">The value x.</param>
/// <param name="Output">The value y.</param>
/// <param name="Scale">The weight's scale: one number, or one for each column.</param>
internal sealed record DynamicProduct(string Input, string Output, Initializer Scale)
{
    /// <summary>The pattern around a MatMulInteger; null when the nodes around it are others.</summary>
    public static DynamicProduct? Around(OnnxGraph graph, OnnxNode product)
    {
        if (graph.ProducerOf(product.Inputs[0]) is not { OpType: "DynamicQuantizeLinear", Domain: "", Inputs.Count: 1 } quantizer || quantizer.Outputs[0] != product.Inputs[0])
            return null;
        if (OnlyReader(graph, product) is not { OpType: "Cast", Domain: "" } cast || cast.GetInt("to", 0) != OnnxDataType.Float)
            return null;
        if (OnlyReader(graph, cast) is not { OpType: "Mul", Domain: "", Inputs.Count: 2, Outputs.Count: 1 } multiply)
            return null;
        string scales = Other(multiply, cast.Outputs[0]);
        if (graph.ProducerOf(scales) is not { OpType: "Mul", Domain: "", Inputs.Count: 2 } both || quantizer.Outputs.Count < 2 || !both.Inputs.Contains(quantizer.Outputs[1]))
            return null;
        return graph.ConstantOf(Other(both, quantizer.Outputs[1])) is { DataType: OnnxDataType.Float, Dims.Length: <= 1 } scale
            ? new DynamicProduct(quantizer.Inputs[0], multiply.Outputs[0], scale)
            : null;
    }

    private static OnnxNode? OnlyReader(OnnxGraph graph, OnnxNode node) =>
        node.Outputs.Count == 1 && graph.ConsumersOf(node.Outputs[0]) is { Count: 1 } readers ? readers[0] : null;

    private static string Other(OnnxNode node, string input) => node.Inputs[node.Inputs[0] == input ? 1 : 0];
}
