using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>One model for every kind of adaptable layer: how it is used, and how its weight is stored.</summary>
public static class LayerModels
{
    private const int In = 6;
    private const int Out = 10;
    private const int Rows = 5;

    /// <summary>Every kind.</summary>
    public static IEnumerable<LayerModel> All => [.. Products, .. TiedWeights, .. Convolutions, .. Quantized, .. Recurrences, .. Fused];

    /// <summary>Products with a matrix, whatever stands between it and the node.</summary>
    public static IEnumerable<LayerModel> Products =>
    [
        Product("MatMul", graph => graph.Node("MatMul", ["x", "w"], ["y"]), InByOut),
        Product("Gemm with alpha", graph => graph.Node("Gemm", ["x", "w"], ["y"], [("alpha", 0.6f), ("transB", 1)]), OutByIn),
        Product("Gemm with transA", graph => graph.Node("Gemm", [graph.Node("Transpose", ["x"]), "w"], ["y"], [("transA", 1)]), InByOut),
        Product("Gemms with different alpha", graph => graph.Node("Add", [graph.Node("Gemm", ["x", "w"], attributes: [("alpha", 0.6f)]), graph.Node("Gemm", ["x", "w"], attributes: [("alpha", -2f)])], ["y"]), InByOut),
        Product("behind Transpose", graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"])], ["y"]), OutByIn),
        Product("behind Identity", graph => graph.Node("MatMul", ["x", graph.Node("Identity", ["w"])], ["y"]), InByOut),
        Product("behind Cast from float16", graph => graph.Node("MatMul", ["x", Float(graph, "w")], ["y"]), graph => graph.Initializer(Half("w", In, Out))),
        Product("behind Cast from bfloat16", graph => graph.Node("MatMul", ["x", Float(graph, "w")], ["y"]), graph => graph.Initializer(BFloat16("w", In, Out))),
        Product("behind Identity, Transpose and Cast", graph => graph.Node("MatMul", ["x", Float(graph, graph.Node("Transpose", [graph.Node("Identity", ["w"])]))], ["y"]), graph => graph.Initializer(Half("w", Out, In))),
        Product("held by a Constant node", graph => graph.Node("MatMul", ["x", graph.Node("Constant", [], ["w"], [("value", GraphBuilder.Tensor("", Weights(In * Out), In, Out))])], ["y"]), _ => { }),
        Product("attention over constant keys and values", graph =>
        {
            string weights = graph.Node("Softmax", [graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"])])], attributes: [("axis", -1)]);
            return graph.Node("MatMul", [weights, graph.Node("Transpose", ["v"])], ["y"]);
        }, graph => OutByIn(graph).Initializer("v", Numbers.Normal(3 * Out, 9), 3, Out)),
        Product("read by other nodes too", graph => graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), graph.Node("ReduceSum", ["w", "axis"])], ["y"]), graph => InByOut(graph).Initializer("axis", [0L], 1)),
    ];

    /// <summary>Matrices whose rows are looked up as well.</summary>
    public static IEnumerable<LayerModel> TiedWeights =>
    [
        Lookup("Gather and MatMul", graph => graph.Node("MatMul", [graph.Node("Tanh", [graph.Node("Gather", ["w", "ids"])]), "w"], ["y"]), square: true),
        Lookup("Gather and Transpose and MatMul", graph => graph.Node("MatMul", [graph.Node("Tanh", [graph.Node("Gather", ["w", "ids"])]), graph.Node("Transpose", ["w"])], ["y"])),
        Lookup("Gather behind Transpose", graph => graph.Node("Gemm", [graph.Node("Reshape", [graph.Node("Gather", [graph.Node("Transpose", ["w"]), "ids"]), "rows"]), "w"], ["y"]), square: true, rank: 2),
        Lookup("matrix in both orientations", graph => graph.Node("MatMul", [graph.Node("MatMul", [graph.Node("Tanh", [graph.Node("Gather", ["w", "ids"])]), graph.Node("Transpose", ["w"])]), "w"], ["y"])),
    ];

    /// <summary>Convolutions.</summary>
    public static IEnumerable<LayerModel> Convolutions =>
    [
        Convolution("Conv", [2, 16, 9, 8], [16, 16, 3, 3], [("pads", new[] { 1, 1, 1, 1 })]),
        Convolution("Conv with strides, dilations and uneven pads", [2, 4, 9, 8], [6, 4, 3, 2], [("strides", new[] { 2, 1 }), ("dilations", new[] { 1, 2 }), ("pads", new[] { 2, 0, 1, 1 })]),
        Convolution("Conv with auto_pad", [2, 4, 9, 8], [6, 4, 3, 2], [("auto_pad", "SAME_UPPER"), ("strides", new[] { 2, 2 })]),
        Convolution("grouped Conv", [2, 6, 7, 7], [9, 2, 3, 3], [("group", 3)]),
        Convolution("depthwise Conv", [2, 6, 7, 7], [6, 1, 3, 3], [("group", 6), ("pads", new[] { 1, 1, 1, 1 })]),
        Convolution("Conv of one dimension", [3, 4, 11], [5, 4, 3], []),
        Convolution("Conv of three dimensions", [2, 3, 5, 6, 4], [4, 3, 2, 3, 2], []),
        Convolution("Conv with BatchNormalization", [2, 16, 6, 6], [16, 16, 3, 3], [], (graph, convolution) =>
        {
            graph.Initializer("scale", Numbers.Normal(16, 31), 16).Initializer("shift", Numbers.Normal(16, 32), 16)
                .Initializer("mean", Numbers.Normal(16, 33), 16).Initializer("variance", [.. Numbers.Normal(16, 34).Select(value => 0.5f + (value * value))], 16);
            graph.Node("BatchNormalization", [convolution, "scale", "shift", "mean", "variance"], ["y"]);
        }),
        Convolution("Conv behind Transpose", [2, 4, 7, 7], [3, 2, 4, 6], [], weight: graph =>
        {
            graph.Initializer("w", Weights(3 * 2 * 4 * 6), 3, 2, 4, 6);
            return graph.Node("Transpose", ["w"], attributes: [("perm", new[] { 3, 2, 0, 1 })]);
        }),
    ];

    /// <summary>Weights stored as integers.</summary>
    public static IEnumerable<LayerModel> Quantized =>
    [
        Product("behind DequantizeLinear", graph => graph.Node("MatMul", ["x", graph.Node("DequantizeLinear", ["w", "scale"])], ["y"]), graph => Integers(graph, signed: true, In, Out).Initializer("scale", [0.01f])),
        Product("behind DequantizeLinear by columns", graph => graph.Node("MatMul", ["x", graph.Node("DequantizeLinear", ["w", "scale", "zero"], attributes: [("axis", 1)])], ["y"]), graph => Integers(graph, signed: false, In, Out).Initializer("scale", Scales(Out), Out).Initializer(Zeros(Out))),
        Product("behind Transpose and DequantizeLinear and with alpha", graph => graph.Node("Gemm", ["x", graph.Node("DequantizeLinear", [graph.Node("Transpose", ["w"]), "scale", "zero"], attributes: [("axis", 0)])], ["y"], [("transB", 1), ("alpha", 1.5f)]), graph => Integers(graph, signed: false, In, Out).Initializer("scale", Scales(Out), Out).Initializer(Zeros(Out))),
        Product("behind DequantizeLinear with transA", graph => graph.Node("Gemm", [graph.Node("Transpose", ["x"]), graph.Node("DequantizeLinear", ["w", "scale"])], ["y"], [("transA", 1)]), graph => Integers(graph, signed: true, In, Out).Initializer("scale", [0.01f])),
        Product("dynamically quantized", DynamicProduct, graph => Integers(graph, signed: true, In, Out).Initializer("scale", Scales(Out), Out)),
        Convolution("quantized Conv", [2, 6, 7, 7], [9, 2, 3, 3], [("group", 3), ("strides", new[] { 2, 1 })], weight: graph => graph.Node("DequantizeLinear", [IntegerKernel(graph, 9, 2, 3, 3), "scale"], attributes: [("axis", 0)])),
        Narrow("behind DequantizeLinear of int4 by columns", graph => graph.Node("MatMul", ["x", graph.Node("DequantizeLinear", ["w", "scale"], attributes: [("axis", 1)])], ["y"]), graph => FourBits(graph, signed: true, In, Out).Initializer("scale", Scales(Out, 0.1), Out)),
        Narrow("behind DequantizeLinear of uint4 in blocks", graph => graph.Node("Gemm", ["x", graph.Node("DequantizeLinear", ["w", "scale", "zero"], attributes: [("axis", 1), ("block_size", 4)])], ["y"], [("transB", 1), ("alpha", 0.5f)]), graph => FourBits(graph, signed: false, Out, In).Initializer("scale", Scales(Out * 2, 0.1), Out, 2).Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt4, Bytes(Out), Out, 2))),
        Blocks("MatMulNBits of 4 bits", bits: 4, zeros: null),
        Blocks("MatMulNBits of 4 bits with zero points and a bias", bits: 4, zeros: graph => graph.Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt8, Bytes(Out * 2), Out * 2)), bias: true),
        Blocks("MatMulNBits of 4 bits with real zero points", bits: 4, zeros: graph => graph.Initializer("zero", [.. Numbers.Normal(Out * 3, 5).Select(value => 8 + value)], Out * 3)),
        Blocks("MatMulNBits of 8 bits", bits: 8, zeros: null),
        Lookup("quantized Gather and Transpose and MatMul", graph =>
        {
            string w = graph.Node("DequantizeLinear", ["q", "scale"]);
            graph.Node("MatMul", [graph.Node("Tanh", [graph.Node("Gather", [w, "ids"])]), graph.Node("Transpose", [w])], ["y"]);
        }, weight: graph => graph.Initializer(GraphBuilder.Tensor("q", OnnxDataType.Int8, Bytes(Out * In), Out, In)).Initializer("scale", [0.01f])),
    ];

    /// <summary>Recurrent layers.</summary>
    public static IEnumerable<LayerModel> Recurrences =>
    [
        Recurrence("LSTM", gates: 4, "bidirectional"), Recurrence("GRU", gates: 3, "bidirectional"), Recurrence("RNN", gates: 1, "bidirectional"),
        Recurrence("LSTM", gates: 4, "reverse"), Recurrence("GRU", gates: 3, "forward", ("linear_before_reset", 1)),
    ];

    /// <summary>Operators of com.microsoft that multiply with a weight among other things.</summary>
    public static IEnumerable<LayerModel> Fused =>
    [
        Product("FusedMatMul", graph => graph.Node("FusedMatMul", ["x", "w"], ["y"], [("transB", 1), ("alpha", 0.5f)], "com.microsoft"), graph => OutByIn(graph).Opset("com.microsoft", 1)),
        Product("FusedMatMul with transA", graph => graph.Node("FusedMatMul", [graph.Node("Transpose", ["x"]), "w"], ["y"], [("transA", 1)], "com.microsoft"), graph => InByOut(graph).Opset("com.microsoft", 1)),
        Product("FusedGemm", graph => graph.Node("FusedGemm", ["x", "w"], ["y"], [("activation", "Tanh"), ("alpha", 0.5f)], "com.microsoft"), graph => InByOut(graph).Opset("com.microsoft", 1)),
        new("Attention", () =>
        {
            GraphBuilder graph = new GraphBuilder("attention").Opset("com.microsoft", 1).Input("x", TensorElementType.Float32, 2, 3, 4)
                .Initializer("w", Weights(4 * 12), 4, 12).Initializer("b", Numbers.Normal(12, 8), 12);
            graph.Node("Attention", ["x", "w", "b"], ["y"], [("num_heads", 2)], "com.microsoft");
            return Finish(graph, rank: 3);
        }, Fed("x", 2, 3, 4)),
    ];

    private static LayerModel Product(string name, Func<GraphBuilder, string> node, Func<GraphBuilder, GraphBuilder> weight) =>
        Product(name, node, graph => { weight(graph); });

    private static LayerModel Product(string name, Func<GraphBuilder, string> node, Action<GraphBuilder> weight) => new(name, () =>
    {
        GraphBuilder graph = new GraphBuilder(name).Input("x", TensorElementType.Float32, "batch", In);
        weight(graph);
        node(graph);
        return Finish(graph, rank: 2);
    }, Fed("x", Rows, In));

    private static LayerModel Lookup(string name, Action<GraphBuilder> nodes, bool square = false, int rank = 3, Func<GraphBuilder, GraphBuilder>? weight = null) => new(name, () =>
    {
        int width = square ? Out : In;
        GraphBuilder graph = new GraphBuilder(name).Input("ids", TensorElementType.Int64, "batch", 3).Initializer("rows", [-1L, width], 2);
        _ = weight is null ? graph.Initializer("w", Weights(Out * width), Out, width) : weight(graph);
        nodes(graph);
        return Finish(graph, rank);
    }, new Dictionary<string, HostTensor> { ["ids"] = HostTensor.From([3L, 0, 9, -1, 3, 7], 2, 3) });

    private static LayerModel Convolution(
        string name, long[] x, long[] kernel, (string, object)[] attributes, Action<GraphBuilder, string>? behind = null, Func<GraphBuilder, string>? weight = null) => new(name, () =>
    {
        GraphBuilder graph = new GraphBuilder(name).Input("x", TensorElementType.Float32, [.. x.Select(size => (Dimension)size)]);
        string w = weight?.Invoke(graph) ?? "w";
        if (weight is null)
            graph.Initializer("w", Weights((int)kernel.Aggregate((count, size) => count * size)), kernel);
        string convolution = graph.Node("Conv", ["x", w], behind is null ? ["y"] : null, attributes);
        behind?.Invoke(graph, convolution);
        return Finish(graph, x.Length);
    }, Fed("x", x));

    private static LayerModel Recurrence(string op, int gates, string direction, params (string, object)[] attributes) => new($"{direction} {op}", () =>
    {
        const int Hidden = 4;
        int directions = direction == "bidirectional" ? 2 : 1;
        GraphBuilder graph = new GraphBuilder(op).Input("x", TensorElementType.Float32, 4, "batch", In)
            .Initializer("w", Weights(directions * gates * Hidden * In), directions, gates * Hidden, In)
            .Initializer("r", Numbers.Normal(directions * gates * Hidden * Hidden, 8, 0.4), directions, gates * Hidden, Hidden)
            .Initializer("b", Numbers.Normal(directions * 2 * gates * Hidden, 9, 0.2), directions, 2 * gates * Hidden);
        graph.Node(op, ["x", "w", "r", "b"], ["y"], [("hidden_size", Hidden), ("direction", direction), .. attributes]);
        return Finish(graph, rank: 4);
    }, Fed("x", 4, 2, In));

    private static OnnxModel Finish(GraphBuilder graph, int rank) => graph.Output("y", TensorElementType.Float32, new Dimension[rank]).Build();

    private static string DynamicProduct(GraphBuilder graph)
    {
        graph.Node("DynamicQuantizeLinear", ["x"], ["x.q", "x.scale", "x.zero"]);
        string sums = graph.Node("MatMulInteger", ["x.q", "w", "x.zero"]);
        return graph.Node("Mul", [Float(graph, sums), graph.Node("Mul", ["x.scale", "scale"])], ["y"]);
    }

    // Types of 4 bits are read from opset 21 on.
    private static LayerModel Narrow(string name, Func<GraphBuilder, string> node, Func<GraphBuilder, GraphBuilder> weight) => new(name, () =>
    {
        GraphBuilder graph = new GraphBuilder(name, opset: 21, irVersion: 10).Input("x", TensorElementType.Float32, "batch", In);
        weight(graph);
        node(graph);
        return Finish(graph, rank: 2);
    }, Fed("x", Rows, In));

    private static LayerModel Blocks(string name, int bits, Func<GraphBuilder, GraphBuilder>? zeros, bool bias = false) => new(name, () =>
    {
        const int Wide = 40, Block = 16, Count = 3;
        GraphBuilder graph = new GraphBuilder(name).Opset("com.microsoft", 1).Input("x", TensorElementType.Float32, "batch", 3, Wide)
            .Initializer(GraphBuilder.Tensor("w", OnnxDataType.UInt8, Bytes(Out * Count * Block * bits / 8), Out, Count, Block * bits / 8))
            .Initializer("scale", Scales(Out * Count, 0.4 / (1 << bits)), Out * Count).Initializer("bias", Numbers.Normal(Out, 6), Out);
        zeros?.Invoke(graph);
        string[] inputs = ["x", "w", "scale", zeros is null ? "" : "zero", "", bias ? "bias" : ""];
        graph.Node("MatMulNBits", inputs, ["y"], [("N", Out), ("K", Wide), ("bits", bits), ("block_size", Block)], "com.microsoft");
        return Finish(graph, rank: 3);
    }, Fed("x", 2, 3, 40));

    private static GraphBuilder FourBits(GraphBuilder graph, bool signed, params long[] shape) =>
        graph.Initializer(GraphBuilder.Tensor("w", signed ? OnnxDataType.Int4 : OnnxDataType.UInt4, Bytes((int)(shape[0] * shape[1] / 2)), shape));

    private static GraphBuilder InByOut(GraphBuilder graph) => graph.Initializer("w", Weights(In * Out), In, Out);

    private static GraphBuilder OutByIn(GraphBuilder graph) => graph.Initializer("w", Weights(In * Out), Out, In);

    private static GraphBuilder Integers(GraphBuilder graph, bool signed, params long[] shape) =>
        graph.Initializer(GraphBuilder.Tensor("w", signed ? OnnxDataType.Int8 : OnnxDataType.UInt8, Bytes((int)shape.Aggregate((count, size) => count * size)), shape));

    private static string IntegerKernel(GraphBuilder graph, params long[] shape)
    {
        Integers(graph, signed: true, shape).Initializer("scale", Scales((int)shape[0]), shape[0]);
        return "w";
    }

    private static string Float(GraphBuilder graph, string value) => graph.Node("Cast", [value], attributes: [("to", OnnxDataType.Float)]);

    private static float[] Weights(int count) => Numbers.Normal(count, 7, 0.4);

    private static float[] Scales(int count, double least = 0.01) => [.. Numbers.Normal(count, 12).Select(value => (float)least * (1 + Math.Abs(value)))];

    private static Initializer Zeros(int count) => GraphBuilder.Tensor("zero", OnnxDataType.UInt8, [.. Bytes(count).Select(value => (byte)(100 + (value % 50)))], count);

    private static byte[] Bytes(int count)
    {
        byte[] values = new byte[count];
        new Random(13).NextBytes(values);
        return values;
    }

    private static Initializer Half(string name, params long[] shape) => GraphBuilder.Tensor(
        name, OnnxDataType.Float16, MemoryMarshal.AsBytes(Weights((int)(shape[0] * shape[1])).Select(value => (Half)value).ToArray().AsSpan()).ToArray(), shape);

    private static Initializer BFloat16(string name, params long[] shape) => GraphBuilder.Tensor(
        name, OnnxDataType.BFloat16, MemoryMarshal.AsBytes(Weights((int)(shape[0] * shape[1])).Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)).ToArray().AsSpan()).ToArray(), shape);

    private static Dictionary<string, HostTensor> Fed(string name, params long[] shape) =>
        new() { [name] = HostTensor.From(Numbers.Normal((int)shape.Aggregate((count, size) => count * size), 3), shape) };
}
