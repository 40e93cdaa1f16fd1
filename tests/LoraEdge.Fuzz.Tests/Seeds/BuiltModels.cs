namespace LoraEdge.Fuzz.Tests.Seeds;

/// <summary>Small models that have operators of many families between them.</summary>
internal static class BuiltModels
{
    /// <summary>All of them.</summary>
    public static IEnumerable<FuzzSeed> All()
    {
        yield return Seed("policy", TinyModels.Policy().ToBytes());
        yield return Seed("bert", OptimizedBert.Create().ToBytes());
        yield return Seed("llama", OptimizedLlama.Create().ToBytes());
        yield return new FuzzSeed("llama with cache", OptimizedLlama.Create(hasCache: true).ToBytes(), Cache());
        yield return Seed("vision", Vision());
        yield return Seed("recurrent", Recurrent());
        yield return Seed("shapes", ShapeArithmetic());
        yield return Seed("indices", Indices());
        yield return Seed("integers", IntegerArithmetic());
        yield return Seed("quantized", Quantized());
        yield return Seed("statistics", Statistics());
        yield return Seed("conditional", Conditional());
        yield return Seed("functions", Functions());
        yield return Seed("attention", Attention());
        yield return Seed("random", RandomNumbers());
    }

    private static FuzzSeed Seed(string name, byte[] model) => new(name, model, new Dictionary<string, Initializer>());

    /// <summary>Three tokens behind two that the cache holds: lengths that made-up inputs would not have.</summary>
    private static Dictionary<string, Initializer> Cache()
    {
        var inputs = new Dictionary<string, Initializer>
        {
            ["input_ids"] = GraphBuilder.Tensor("input_ids", [5, 3, 7L], 1, 3),
            ["attention_mask"] = GraphBuilder.Tensor("attention_mask", [1, 1, 1, 1, 1L], 1, 5),
        };
        for (int layer = 0; layer < OptimizedLlama.Layers; layer++)
        {
            foreach (string name in new[] { $"past.{layer}.key", $"past.{layer}.value" })
                inputs[name] = GraphBuilder.Tensor(name, Numbers.Normal(OptimizedLlama.KeyHeads * 2 * OptimizedLlama.HeadSize, layer), 1, OptimizedLlama.KeyHeads, 2, OptimizedLlama.HeadSize);
        }

        return inputs;
    }

    private static byte[] Vision()
    {
        GraphBuilder graph = new GraphBuilder("vision", 18).Input("x", TensorElementType.Float32, "batch", 3, 12, 12);
        graph.Initializer("k1", Numbers.Normal(8 * 3 * 9, 1, 0.2), 8, 3, 3, 3).Initializer("k2", Numbers.Normal(8 * 4 * 9, 2, 0.2), 8, 4, 3, 3).Initializer("k3", Numbers.Normal(8 * 4 * 4, 3, 0.2), 8, 4, 2, 2);
        graph.Initializer("eight", Numbers.Normal(8, 4), 8).Initializer("ones", [1, 1, 1, 1, 1, 1, 1, 1f], 8).Initializer("scales", [1, 1, 2, 2f], 4).Initializer("pads", [0, 0, 1, 1, 0, 0, 1, 1L], 8);
        graph.Initializer("w", Numbers.Normal(4 * 5, 5), 4, 5).Initializer("b", Numbers.Normal(5, 6), 5);
        string conv = graph.Node("Conv", ["x", "k1", "eight"], null, [("pads", new[] { 1, 1, 1, 1 })]);
        string normal = graph.Node("BatchNormalization", [conv, "ones", "eight", "eight", "ones"]);
        string pool = graph.Node("MaxPool", [graph.Node("Relu", [normal])], null, [("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })]);
        string grouped = graph.Node("Conv", [pool, "k2"], null, [("group", 2), ("auto_pad", "SAME_UPPER"), ("dilations", new[] { 1, 1 })]);
        string up = graph.Node("ConvTranspose", [graph.Node("HardSwish", [grouped]), "k3"], null, [("strides", new[] { 2, 2 })]);
        string resized = graph.Node("Resize", [up, "", "scales"], null, [("mode", "linear")]);
        string padded = graph.Node("Pad", [resized, "pads"], null, [("mode", "reflect")]);
        string mean = graph.Node("AveragePool", [padded], null, [("kernel_shape", new[] { 3, 3 }), ("count_include_pad", 1), ("ceil_mode", 1)]);
        string instance = graph.Node("InstanceNormalization", [mean, graph.Node("Slice", ["ones", "start", "four"]), graph.Node("Slice", ["eight", "start", "four"])]);
        graph.Initializer("start", [0L], 1).Initializer("four", [4L], 1);
        string depth = graph.Node("DepthToSpace", [instance], null, [("blocksize", 2)]);
        string flat = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [graph.Node("SpaceToDepth", [depth], null, [("blocksize", 2)])])]);
        graph.Node("Softmax", [graph.Node("Gemm", [flat, "w", "b"], ["logits"])], ["y"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", 5).Output("y", TensorElementType.Float32, "batch", 5).ToBytes();
    }

    private static byte[] Recurrent()
    {
        const int Width = 4, Hidden = 5;
        GraphBuilder graph = new GraphBuilder("recurrent").Input("x", TensorElementType.Float32, "length", "batch", Width).Input("h", TensorElementType.Float32, 2, "batch", Hidden);
        foreach ((string name, int gates, int directions) in new[] { ("lstm", 4, 2), ("gru", 3, 1), ("rnn", 1, 1) })
        {
            int width = name == "lstm" ? Width : name == "gru" ? 2 * Hidden : Hidden;
            graph.Initializer($"{name}.w", Numbers.Normal(directions * gates * Hidden * width, 1, 0.3), directions, gates * Hidden, width)
                .Initializer($"{name}.r", Numbers.Normal(directions * gates * Hidden * Hidden, 2, 0.3), directions, gates * Hidden, Hidden)
                .Initializer($"{name}.b", Numbers.Normal(directions * 2 * gates * Hidden, 3, 0.3), directions, 2 * gates * Hidden);
        }

        graph.Initializer("shape", [0, 0, -1L], 3).Initializer("axis", [1L], 1).Initializer("w", Numbers.Normal(Hidden * 3, 4), Hidden, 3);
        graph.Node("LSTM", ["x", "lstm.w", "lstm.r", "lstm.b", "", "h"], ["both", "last", "cell"], [("hidden_size", Hidden), ("direction", "bidirectional"), ("activations", new[] { "Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh" })]);
        string joined = graph.Node("Reshape", [graph.Node("Transpose", ["both"], null, [("perm", new[] { 0, 2, 1, 3 })]), "shape"]);
        graph.Node("GRU", [joined, "gru.w", "gru.r", "gru.b"], ["gru", ""], [("hidden_size", Hidden), ("linear_before_reset", 1)]);
        graph.Node("RNN", [graph.Node("Squeeze", ["gru", "axis"]), "rnn.w", "rnn.r", "rnn.b"], ["", "final"], [("hidden_size", Hidden), ("direction", "reverse"), ("clip", 3f)]);
        graph.Node("MatMul", ["final", "w"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, 1, "batch", 3).Output("last", TensorElementType.Float32, 2, "batch", Hidden).ToBytes();
    }

    private static byte[] ShapeArithmetic()
    {
        GraphBuilder graph = new GraphBuilder("shapes").Input("x", TensorElementType.Float32, "batch", "length", 6);
        graph.Initializer("zero", [0L]).Initializer("one", [1L]).Initializer("first", [0L], 1).Initializer("second", [1L], 1).Initializer("third", [2L], 1).Initializer("w", Numbers.Normal(6 * 6, 1), 6, 6);
        string shape = graph.Node("Shape", ["x"]), batch = graph.Node("Gather", [shape, "zero"]), length = graph.Node("Gather", [shape, "one"]);
        string rows = graph.Node("Unsqueeze", [graph.Node("Mul", [batch, length]), "first"]), six = graph.Node("Slice", [shape, "third", graph.Node("Constant", [], null, [("value_ints", new[] { 3L })])]);
        string matrix = graph.Node("Reshape", ["x", graph.Node("Concat", [rows, six], null, [("axis", 0)])]);
        string product = graph.Node("Reshape", [graph.Node("MatMul", [matrix, "w"]), shape]);
        string positions = graph.Node("Cast", [graph.Node("Range", ["zero", length, "one"])], null, [("to", 1)]);
        string table = graph.Node("Expand", [graph.Node("Unsqueeze", [positions, "second"]), graph.Node("Concat", [graph.Node("Unsqueeze", [length, "first"]), six], null, [("axis", 0)])]);
        string mask = graph.Node("Trilu", [graph.Node("ConstantOfShape", [graph.Node("Concat", [six, six], null, [("axis", 0)])], null, [("value", GraphBuilder.Tensor("", [1f], 1))])], null, [("upper", 0)]);
        string sum = graph.Node("Add", [product, graph.Node("Sin", [table])]);
        graph.Node("Split", [graph.Node("MatMul", [sum, mask])], ["left", "right"], [("axis", 2)]);
        string tiled = graph.Node("Tile", ["left", graph.Node("Constant", [], null, [("value_ints", new[] { 1L, 2, 1 })])]);
        string padded = graph.Node("Pad", [tiled, graph.Node("Constant", [], null, [("value_ints", new[] { 0L, 1, 0, 0, 1, 0 })])], null, [("mode", "edge")]);
        string chosen = graph.Node("Where", [graph.Node("Greater", [padded, graph.Node("ReduceMean", [padded], null, [("axes", new[] { 1, 2 })])]), padded, graph.Node("Neg", [padded])]);
        graph.Node("Squeeze", [graph.Node("ReduceMax", [chosen], null, [("axes", new[] { 1 }), ("keepdims", 1)]), "second"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", 3).Output("right", TensorElementType.Float32, "batch", "length", 3).ToBytes();
    }

    private static byte[] Indices()
    {
        GraphBuilder graph = new GraphBuilder("indices").Input("ids", TensorElementType.Int64, "batch", 4).Input("x", TensorElementType.Float32, "batch", 5);
        graph.Initializer("table", Numbers.Normal(10 * 5, 1), 10, 5).Initializer("depth", [10L]).Initializer("values", [0, 1f], 2).Initializer("k", [2L], 1).Initializer("one", [1L]).Initializer("axis", [1L], 1);
        graph.Initializer("w", Numbers.Normal(10 * 5, 2), 10, 5).Initializer("points", [0, 1, 0, 2L], 2, 2).Initializer("updates", [1, 2f], 2).Initializer("ten", [10L]).Initializer("limit", [2L]);
        string wrapped = graph.Node("Mod", ["ids", "ten"]);
        string rows = graph.Node("Gather", ["table", wrapped]), hot = graph.Node("OneHot", [wrapped, "depth", "values"]);
        string mixed = graph.Node("Add", [rows, graph.Node("MatMul", [hot, "w"])]);
        string added = graph.Node("Add", [graph.Node("ReduceSum", [mixed, "axis"], null, [("keepdims", 0)]), "x"]);
        graph.Node("TopK", [added, "k"], ["best", "where"]);
        string running = graph.Node("CumSum", [added, "one"]), picked = graph.Node("GatherElements", [running, "where"], null, [("axis", 1)]);
        string scattered = graph.Node("ScatterElements", [running, "where", picked], null, [("axis", 1), ("reduction", "add")]);
        string updated = graph.Node("ScatterND", [scattered, "points", "updates"]);
        string some = graph.Node("GatherND", [updated, "points"]);
        string nonzero = graph.Node("NonZero", [graph.Node("Relu", [updated])]);
        graph.Node("Compress", [updated, graph.Node("Equal", [graph.Node("ArgMax", [updated], null, [("axis", 1), ("keepdims", 0)]), "limit"])], ["kept"], [("axis", 0)]);
        graph.Node("Unique", [some], ["distinct", "", "inverse", "counts"]);
        graph.Node("Mul", ["best", graph.Node("Cast", [graph.Node("ReduceMax", [nonzero], null, [("keepdims", 0)])], null, [("to", 1)])], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", 2).Output("where", TensorElementType.Int64, "batch", 2).Output("kept", TensorElementType.Float32, "some", 5).Output("distinct", TensorElementType.Float32, "n").ToBytes();
    }

    private static byte[] IntegerArithmetic()
    {
        GraphBuilder graph = new GraphBuilder("integers", 18).Input("a", TensorElementType.Int32, "n").Input("b", TensorElementType.Int32, "n").Input("flags", TensorElementType.Boolean, "n");
        graph.Initializer("long", [3, -2, 5L], 3).Initializer("divisors", [2, 3, -1L], 3).Initializer("axis", [0L], 1);
        string quotient = graph.Node("Div", ["a", "b"]), rest = graph.Node("Mod", ["a", "b"]), truncated = graph.Node("Mod", ["a", "b"], null, [("fmod", 1)]);
        string bits = graph.Node("BitwiseXor", [graph.Node("BitwiseAnd", [quotient, rest]), graph.Node("BitwiseNot", [truncated])]);
        string bytes = graph.Node("Cast", [bits], null, [("to", 2)]), shifted = graph.Node("BitShift", [bytes, bytes], null, [("direction", "LEFT")]);
        string folded = graph.Node("Div", ["long", "divisors"]), power = graph.Node("Pow", [folded, "divisors"]);
        string chosen = graph.Node("Where", [graph.Node("Or", ["flags", graph.Node("Less", ["a", "b"])]), graph.Node("Max", ["a", "b"]), graph.Node("Clip", ["a", "low", "high"])]);
        graph.Initializer(GraphBuilder.Tensor("low", OnnxDataType.Int32, [0, 0, 0, 0])).Initializer(GraphBuilder.Tensor("high", OnnxDataType.Int32, [9, 0, 0, 0]));
        string total = graph.Node("ReduceProd", [chosen, "axis"]), sign = graph.Node("Sign", [graph.Node("Abs", [total])]);
        graph.Node("Add", [graph.Node("Cast", [sign], null, [("to", 1)]), graph.Node("Cast", [power], null, [("to", 1)])], ["y"]);
        graph.Node("Cast", [shifted], ["z"], [("to", 6)]);
        return graph.Output("y", TensorElementType.Float32, 3).Output("z", TensorElementType.Int32, "n").Output(total, TensorElementType.Int32, 1).ToBytes();
    }

    private static byte[] Quantized()
    {
        GraphBuilder graph = new GraphBuilder("quantized", 21, 10).Input("x", TensorElementType.Float32, "batch", 6);
        graph.Initializer("scale", [0.05f]).Initializer("scales", [0.02f, 0.03f, 0.01f, 0.02f], 4).Initializer("bias", Numbers.Normal(4, 3), 4);
        graph.Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt8, [128])).Initializer(GraphBuilder.Tensor("zeros", OnnxDataType.Int8, [0, 0, 0, 0], 4));
        graph.Initializer(GraphBuilder.Tensor("q", OnnxDataType.Int8, [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 37))], 6, 4)).Initializer(GraphBuilder.Tensor("z", OnnxDataType.Int8, [0]));
        string quantized = graph.Node("QuantizeLinear", ["x", "scale", "zero"]), back = graph.Node("DequantizeLinear", [quantized, "scale", "zero"]);
        string weight = graph.Node("DequantizeLinear", ["q", "scales", "zeros"], null, [("axis", 1)]);
        string dense = graph.Node("Gemm", [back, weight, "bias"]);
        graph.Node("DynamicQuantizeLinear", [dense], ["d", "d.scale", "d.zero"]);
        graph.Initializer(GraphBuilder.Tensor("q2", OnnxDataType.UInt8, [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 21))], 4, 3)).Initializer(GraphBuilder.Tensor("z2", OnnxDataType.UInt8, [100]));
        string product = graph.Node("MatMulInteger", ["d", "q2", "d.zero", "z2"]);
        graph.Node("Mul", [graph.Node("Cast", [product], null, [("to", 1)]), "d.scale"], ["y"]);
        graph.Node("QLinearMatMul", [quantized, "scale", "zero", "q", "scale", "z", "scale", "zero"], ["p"]);
        graph.Initializer("w", Numbers.Normal(3 * 4, 5), 3, 4);
        graph.Node("MatMul", ["y", "w"], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("p", TensorElementType.UInt8, "batch", 4).ToBytes();
    }

    private static byte[] Statistics()
    {
        GraphBuilder graph = new GraphBuilder("statistics", 21, 10).Input("x", TensorElementType.Float32, "batch", 4, 6);
        graph.Initializer("g", Numbers.Normal(6, 1), 6).Initializer("b", Numbers.Normal(6, 2), 6).Initializer("c", Numbers.Normal(4, 3), 4).Initializer("axes", [1, 2L], 2).Initializer("last", [-1L], 1).Initializer("w", Numbers.Normal(6 * 5, 4), 6, 5);
        string layer = graph.Node("LayerNormalization", ["x", "g", "b"]), group = graph.Node("GroupNormalization", [layer, "c", "c"], null, [("num_groups", 2)]);
        string unit = graph.Node("LpNormalization", [group], null, [("axis", 1), ("p", 2)]), centred = graph.Node("MeanVarianceNormalization", [unit], null, [("axes", new[] { 0, 2 })]);
        string outer = graph.Node("Einsum", [centred, "w"], null, [("equation", "bij,jk->bik")]), soft = graph.Node("LogSoftmax", [graph.Node("Gelu", [outer])], null, [("axis", 2)]);
        string sums = graph.Node("Concat", [
            graph.Node("ReduceL2", [soft, "axes"]), graph.Node("ReduceLogSumExp", [soft, "axes"]), graph.Node("ReduceMean", [soft, "axes"]),
            graph.Node("ReduceProd", [graph.Node("Mish", [soft]), "axes"]), graph.Node("ReduceSumSquare", [graph.Node("Elu", [soft]), "axes"])], null, [("axis", 2)]);
        graph.Node("Hardmax", [graph.Node("Softsign", [graph.Node("Exp", [graph.Node("Clip", [sums, "low", "high"])])])], ["y"]);
        graph.Initializer("low", [-3f]).Initializer("high", [3f]);
        return graph.Output("y", TensorElementType.Float32, "batch", 1, 5).Output(soft, TensorElementType.Float32, "batch", 4, 5).ToBytes();
    }

    private static byte[] Conditional()
    {
        GraphBuilder graph = new GraphBuilder("conditional").Input("x", TensorElementType.Float32, "batch", 4).Input("flag", TensorElementType.Boolean);
        graph.Initializer("w", Numbers.Normal(16, 1), 4, 4).Initializer("v", Numbers.Normal(16, 2), 4, 4).Initializer("axes", [0, 1L], 2).Initializer("limit", [1f]);
        GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("otherwise"), inner = graph.Subgraph("inner"), deeper = graph.Subgraph("deeper");
        inner.Node("Relu", ["x"], ["i"]);
        deeper.Node("MatMul", ["x", "v"], ["d"]);
        string large = then.Node("Greater", [then.Node("ReduceSum", ["x", "axes"], null, [("keepdims", 0)]), "limit"]);
        then.Node("If", [large], ["t"], [("then_branch", inner.Output("i", TensorElementType.Float32, "batch", 4)), ("else_branch", deeper.Output("d", TensorElementType.Float32, "batch", 4))]);
        otherwise.Node("MatMul", ["x", "w"], ["o"]);
        graph.Node("If", ["flag"], ["chosen"], [("then_branch", then.Output("t", TensorElementType.Float32, "batch", 4)), ("else_branch", otherwise.Output("o", TensorElementType.Float32, "batch", 4))]);
        graph.Node("MatMul", ["chosen", "w"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", 4).ToBytes();
    }

    private static byte[] Functions()
    {
        GraphBuilder graph = new GraphBuilder("functions").Opset("local", 1).Input("x", TensorElementType.Float32, "batch", 4);
        graph.Initializer("w", Numbers.Normal(16, 1), 4, 4);
        var body = new GraphBuilder("Dense");
        body.Node("MatMul", ["a", "weight"], ["p"]);
        body.Node("LeakyRelu", ["p"], ["r"], [("alpha", AttributeReference.To<float>("slope"))]);
        graph.Function("local", body, ["a", "weight"], ["r"], [("slope", 0.1f)]);
        var twice = new GraphBuilder("Twice").Opset("local", 1);
        twice.Node("Dense", ["a", "weight"], ["once"], domain: "local");
        twice.Node("Dense", ["once", "weight"], ["r"], [("slope", 0.3f)], "local");
        graph.Function("local", twice, ["a", "weight"], ["r"]);
        string hidden = graph.Node("Twice", ["x", "w"], domain: "local");
        graph.Node("Dense", [hidden, "w"], ["y"], domain: "local");
        return graph.Output("y", TensorElementType.Float32, "batch", 4).ToBytes();
    }

    private static byte[] Attention()
    {
        GraphBuilder graph = new GraphBuilder("attention", 23, 11).Opset("com.microsoft", 1).Input("x", TensorElementType.Float32, "batch", "length", 8).Input("positions", TensorElementType.Int64, "batch", "length");
        graph.Initializer("w", Numbers.Normal(8 * 24, 1, 0.3), 8, 24).Initializer("v", Numbers.Normal(64, 2, 0.3), 8, 8).Initializer("g", Numbers.Normal(8, 3), 8).Initializer("b", Numbers.Normal(24, 6), 24);
        graph.Initializer("cos", Numbers.Normal(16 * 2, 4), 16, 2).Initializer("sin", Numbers.Normal(16 * 2, 5), 16, 2);
        string normal = graph.Node("RMSNormalization", ["x", "g"]), packed = graph.Node("Add", [graph.Node("MatMul", [normal, "w"]), "b"]);
        graph.Node("Split", [packed], ["q", "k", "value"], [("axis", 2), ("num_outputs", 3)]);
        string rotated = graph.Node("RotaryEmbedding", ["q", "cos", "sin", "positions"], null, [("num_heads", 2)]);
        string attended = graph.Node("Attention", [rotated, "k", "value"], null, [("q_num_heads", 2), ("kv_num_heads", 2), ("is_causal", 1)]);
        string old = graph.Node("Attention", [attended, "w", "b"], null, [("num_heads", 2), ("unidirectional", 1)], "com.microsoft");
        string several = graph.Node("MultiHeadAttention", [old, "k", "value"], null, [("num_heads", 2)], "com.microsoft");
        string skipped = graph.Node("SkipLayerNormalization", [several, "x", "g"], null, null, "com.microsoft");
        string fused = graph.Node("FusedMatMul", [skipped, "v"], null, [("transB", 1), ("alpha", 0.5f)], "com.microsoft");
        graph.Node("MatMul", [graph.Node("BiasGelu", [fused, "g"], null, null, "com.microsoft"), "v"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", "length", 8).ToBytes();
    }

    private static byte[] RandomNumbers()
    {
        GraphBuilder graph = new GraphBuilder("random").Input("x", TensorElementType.Float32, "batch", 4);
        graph.Initializer("w", Numbers.Normal(16, 1), 4, 4).Initializer("ratio", [0.3f]);
        graph.Node("MatMul", ["x", "w"], ["logits"]);
        string noisy = graph.Node("Add", ["logits", graph.Node("RandomNormalLike", ["logits"], null, [("seed", 3f)])]);
        string dropped = graph.Node("Dropout", [graph.Node("Add", [noisy, graph.Node("RandomUniform", [], null, [("shape", new[] { 1, 4 })])]), "ratio"]);
        graph.Node("Multinomial", [graph.Node("LogSoftmax", [dropped])], ["action"], [("sample_size", 2)]);
        graph.Node("Bernoulli", [graph.Node("Sigmoid", ["logits"])], ["coin"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("action", TensorElementType.Int32, "batch", 2).Output("coin", TensorElementType.Float32, "batch", 4).ToBytes();
    }
}
