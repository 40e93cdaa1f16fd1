using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx.Tests;

/// <summary>A small model with one of everything that a fingerprint or a layer scan looks at, and ways to change it.</summary>
internal static class SmallModels
{
    /// <summary>MatMul, Add, LayerNormalization, Clip with an omitted input, Gemm with transB, a Constant, a conditional, and a node that no output needs.</summary>
    public static OnnxModel Everything()
    {
        var builder = new GraphBuilder("everything")
            .Input("x", TensorElementType.Float32, "batch", 3)
            .Initializer("w1", Ramp(12, 0.1f), 3, 4)
            .Initializer("b1", Ramp(4, 0.2f), 4)
            .Initializer("norm.scale", Ramp(4, 0.3f), 4)
            .Initializer("w2", Ramp(8, 0.4f), 2, 4)
            .Initializer("limit", [6f])
            .Initializer("unused", [1L, 2L], 2)
            .Initializer(GraphBuilder.Tensor("half", OnnxDataType.Float16, [0, 0x3C, 0, 0xC0], 2));
        builder.Node("MatMul", ["x", "w1"], ["h1"], name: "first");
        builder.Node("Add", ["h1", "b1"], ["h2"]);
        builder.Node("LayerNormalization", ["h2", "norm.scale"], ["h3"], [("axis", -1), ("epsilon", 1e-5f)]);
        builder.Node("Clip", ["h3", "", "limit"], ["h4"]);
        builder.Node("Gemm", ["h4", "w2"], ["h5"], [("transB", 1), ("alpha", 0.5f)]);
        builder.Node("Constant", [], ["two"], [("value", GraphBuilder.Tensor("", [2f]))]);
        builder.Node("Mul", ["h5", "two"], ["y"]);
        builder.Node("Transpose", ["w1"], ["dead"], [("perm", new[] { 1, 0 })]);
        return builder.Output("y", TensorElementType.Float32, "batch", 2).Build();
    }

    /// <summary>The same with a conditional whose branches hold nodes and tensors of their own.</summary>
    public static OnnxModel Conditional() => Changed(Everything(), proto =>
    {
        var then = new GraphProto { Name = "then" };
        then.Node.Add(new NodeProto { OpType = "Add", Input = { "h5", "shift" }, Output = { "sum" } });
        then.Initializer.Add(new TensorProto { Name = "shift", DataType = 1, Dims = { 1 }, FloatData = { 0.25f } });
        then.Output.Add(new ValueInfoProto { Name = "sum" });
        var otherwise = new GraphProto { Name = "else" };
        otherwise.Output.Add(new ValueInfoProto { Name = "h5" });
        var node = new NodeProto { OpType = "If", Input = { "flag" }, Output = { "chosen" } };
        node.Attribute.Add(new AttributeProto { Name = "then_branch", Type = 5, G = then });
        node.Attribute.Add(new AttributeProto { Name = "else_branch", Type = 5, G = otherwise });
        proto.Graph.Node.Add(node);
        proto.Graph.Input.Add(new ValueInfoProto { Name = "flag" });
        proto.Graph.Output.Add(new ValueInfoProto { Name = "chosen" });
    });

    /// <summary>Two functions, one of which calls the other, with attributes, an optional input, a conditional and names that are used outside too.</summary>
    public static GraphBuilder WithFunctions()
    {
        GraphBuilder scale = new("Scale"), layer = new GraphBuilder("Layer").Opset("local", 1);
        scale.Node("Constant", [], ["h"], [("value_float", AttributeReference.To<float>("factor"))]);
        scale.Node("Mul", ["x", "h"], ["y"]);
        GraphBuilder then = layer.Subgraph("then"), otherwise = layer.Subgraph("else");
        then.Node("Add", ["h", "b"], ["r"]);
        otherwise.Initializer("own", [1f]).Node("Scale", ["own"], ["r"], domain: "local");
        layer.Node("MatMul", ["x", "w"], ["h"]);
        layer.Node("Scale", ["h"], ["s"], [("factor", AttributeReference.To<float>("outer"))], "local");
        layer.Node("If", ["flag"], ["c"], [("then_branch", then.Output("r", TensorElementType.Float32)), ("else_branch", otherwise.Output("r", TensorElementType.Float32))]);
        layer.Node("Clip", ["s", "c", "top"], ["y"]);
        GraphBuilder builder = new GraphBuilder("functions").Opset("local", 1)
            .Input("x", TensorElementType.Float32, "batch", 2).Input("flag", TensorElementType.Boolean)
            .Initializer("w", Ramp(4, 0.1f), 2, 2).Initializer("b", Ramp(2, 0.2f), 2)
            .Function("local", scale, ["x"], ["y"], [("factor", 2f)])
            .Function("local", layer, ["x", "w", "b", "flag", "top"], ["y"], [("outer", null)]);
        builder.Node("Layer", ["x", "w", "b", "flag"], ["h"], [("outer", 3f)], "local", "call");
        builder.Node("Scale", ["h"], ["y"], domain: "local");
        return builder.Output("y", TensorElementType.Float32, "batch", 2);
    }

    /// <summary>A copy of a model after an edit of its messages.</summary>
    public static OnnxModel Changed(OnnxModel model, Action<ModelProto> change, string? folder = null) =>
        OnnxModel.Parse(ChangedBytes(model, change), "changed.onnx", folder);

    public static byte[] ChangedBytes(OnnxModel model, Action<ModelProto> change)
    {
        ModelProto proto = Proto(model);
        change(proto);
        return proto.ToByteArray();
    }

    public static ModelProto Proto(OnnxModel model) => ModelProto.Parser.ParseFrom(model.ToBytes());

    public static NodeProto Node(this ModelProto model, string op) => model.Graph.Node.First(node => node.OpType == op);

    public static TensorProto Tensor(this ModelProto model, string name) => model.Graph.Initializer.First(tensor => tensor.Name == name);

    public static float[] Ramp(int count, float start) => [.. Enumerable.Range(0, count).Select(i => start + (0.01f * i))];
}
