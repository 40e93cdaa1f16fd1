namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>Models with a float layer <c>w</c> below a quantized one, in each of the forms that quantizers write.</summary>
internal static class QuantizedModels
{
    public const int In = 6, Out = 4;

    /// <summary>QuantizeLinear and DequantizeLinear around a product in floats: the QDQ form.</summary>
    public static OnnxModel Qdq() => Finish("qdq", graph =>
    {
        string activation = graph.Node("DequantizeLinear", [graph.Node("QuantizeLinear", ["hidden", "scale", "zero"], ["quantized"]), "scale", "zero"]);
        string weight = graph.Node("DequantizeLinear", ["v", "vScales", "vZeros"], attributes: [("axis", 1)]);
        graph.Node("Add", [graph.Node("MatMul", [activation, weight]), "bias"], ["y"]);
    });

    /// <summary>DynamicQuantizeLinear, MatMulInteger, Cast and Mul: ONNX Runtime's dynamic quantization.</summary>
    public static OnnxModel Dynamic() => Finish("dynamic", graph =>
    {
        graph.Node("DynamicQuantizeLinear", ["hidden"], ["quantized", "measuredScale", "measuredZero"]);
        string product = graph.Node("MatMulInteger", ["quantized", "v", "measuredZero", "vZeros"], ["product"]);
        string scale = graph.Node("Mul", ["measuredScale", "vScales"]);
        graph.Node("Add", [graph.Node("Mul", [graph.Node("Cast", [product], attributes: [("to", OnnxDataType.Float)]), scale]), "bias"], ["y"]);
    });

    /// <summary>The same with the quantized activations moved about before they are multiplied.</summary>
    public static OnnxModel Moved() => Finish("moved", graph =>
    {
        graph.Node("DynamicQuantizeLinear", ["hidden"], ["quantized", "measuredScale", "measuredZero"]);
        string moved = graph.Node("Transpose", [graph.Node("Transpose", ["quantized"])]);
        string product = graph.Node("MatMulInteger", [graph.Node("Identity", [moved]), "v", "measuredZero"]);
        graph.Node("Mul", [graph.Node("Cast", [product], attributes: [("to", OnnxDataType.Float)]), "measuredScale"], ["y"]);
    });

    /// <summary>Products from integers to integers: the QOperator form.</summary>
    public static OnnxModel Requantized() => Finish("requantized", graph =>
    {
        graph.Node("QuantizeLinear", ["hidden", "scale", "zero"], ["quantized"]);
        string product = graph.Node("QLinearMatMul", ["quantized", "scale", "zero", "v", "vScale", "vZero", "productScale", "productZero"]);
        string sum = graph.Node("QLinearAdd", [product, "productScale", "productZero", "shift", "productScale", "productZero", "productScale", "productZero"], domain: "com.microsoft");
        graph.Node("DequantizeLinear", [sum, "productScale", "productZero"], ["y"]);
    });

    /// <summary>A convolution of integers over the activations as a sequence.</summary>
    public static OnnxModel Convolution() => Finish("convolution", graph =>
    {
        graph.Node("DynamicQuantizeLinear", [graph.Node("Unsqueeze", ["hidden", "one"])], ["quantized", "measuredScale", "measuredZero"]);
        string product = graph.Node("ConvInteger", ["quantized", "kernel", "measuredZero"]);
        string real = graph.Node("Mul", [graph.Node("Cast", [product], attributes: [("to", OnnxDataType.Float)]), "measuredScale"]);
        graph.Node("Squeeze", [real, "one"], ["y"]);
    });

    /// <summary>ONNX Runtime's fused form of the dynamic one.</summary>
    public static OnnxModel Fused() => Finish("fused", graph =>
        graph.Node("DynamicQuantizeMatMul", ["hidden", "v", "vScales", "vZeros", "bias"], ["y"], domain: "com.microsoft"));

    private static OnnxModel Finish(string name, Action<GraphBuilder> layer)
    {
        GraphBuilder graph = new GraphBuilder(name)
            .Opset("com.microsoft", 1)
            .Input("x", TensorElementType.Float32, "batch", In)
            .Initializer("w", Numbers.Normal(In * In, 1, 0.4), In, In)
            .Initializer("bias", Numbers.Normal(Out, 2), Out)
            .Initializer("scale", [0.02f]).Initializer("vScale", [0.013f]).Initializer("productScale", [0.05f])
            .Initializer("vScales", [0.01f, 0.02f, 0.015f, 0.007f], Out)
            .Initializer(Integers("zero", OnnxDataType.UInt8, [125])).Initializer(Integers("productZero", OnnxDataType.UInt8, [130])).Initializer(Integers("vZero", OnnxDataType.Int8, [0]))
            .Initializer(Integers("vZeros", OnnxDataType.Int8, [0, 0, 0, 0], Out))
            .Initializer(Integers("v", OnnxDataType.Int8, Bytes(In * Out, 3), In, Out))
            .Initializer(Integers("kernel", OnnxDataType.Int8, Bytes(3, 4), 1, 1, 3))
            .Initializer(Integers("shift", OnnxDataType.UInt8, Bytes(Out, 5), Out))
            .Initializer("one", [1L], 1);
        graph.Node("MatMul", ["x", "w"], ["hidden"]);
        layer(graph);
        return graph.Output("y", TensorElementType.Float32, "batch", Out).Build();
    }

    private static Initializer Integers(string name, int type, byte[] values, params long[] shape) => GraphBuilder.Tensor(name, type, values, shape);

    private static byte[] Bytes(int count, int seed)
    {
        var values = new byte[count];
        new Random(seed).NextBytes(values);
        return values;
    }
}
