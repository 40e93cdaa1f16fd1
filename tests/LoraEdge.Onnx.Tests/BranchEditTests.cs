namespace LoraEdge.Onnx.Tests;

/// <summary>The graph with branches as nodes; what it computes is compared in LoraEdge.Inference.Tests.</summary>
public sealed class BranchEditTests
{
    [Test]
    public void WithBranches_GivesTheResultItsOldName_AndTheFrozenOneANewOne()
    {
        OnnxModel model = Product();
        OnnxModel edited = OnnxModel.Parse(model.WithBranches([Branch(model)]).ToBytes(), "edited");
        OnnxNode add = edited.Graph.ProducerOf("h")!;
        Assert.Multiple(() =>
        {
            Assert.That(edited.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "DequantizeLinear", "MatMul", "MatMul", "MatMul", "Add", "Relu" }));
            Assert.That(add.OpType, Is.EqualTo("Add"));
            Assert.That(edited.Graph.ProducerOf(add.Inputs[0])!.Inputs, Is.EqualTo(new[] { "x", "f" }));
            Assert.That(edited.Graph.Outputs.Single().Name, Is.EqualTo("y"));
            Assert.That(edited.Graph.Initializers["w"].Data.ToArray(), Is.EqualTo(model.Graph.Initializers["w"].Data.ToArray()));
        });
    }

    [Test]
    public void WithBranches_LeavesTheOriginalAsItWas()
    {
        OnnxModel model = Product();
        byte[] before = model.ToBytes();
        model.WithBranches([Branch(model)]);
        Assert.That(model.ToBytes(), Is.EqualTo(before));
        Assert.That(model.WithBranches([]), Is.SameAs(model));
    }

    [Test]
    public void WithBranches_Twice_MakesUpOtherNames()
    {
        OnnxModel model = Product(), once = model.WithBranches([Branch(model)]);
        LayerBranch again = Branch(once);
        OnnxModel twice = OnnxModel.Parse(once.WithBranches([again]).ToBytes(), "twice");
        Assert.That(twice.Graph.Nodes.Count(node => node.OpType == "Add"), Is.EqualTo(2));
    }

    [Test]
    public void WithBranches_BesideANodeThatReadsTheWholeTensor_IsRefused()
    {
        var builder = new GraphBuilder("recurrent").Input("x", TensorElementType.Float32).Initializer("w", new float[4 * 3], 1, 4, 3);
        builder.Node("RNN", ["x", "w", "x"], ["y"]);
        OnnxModel model = builder.Output("y", TensorElementType.Float32).Build();
        Assert.That(() => model.WithBranches([Branch(model)]), Throws.ArgumentException.With.Message.Contains("RNN"));
    }

    private static LayerBranch Branch(OnnxModel model)
    {
        AdaptableLayer layer = AdaptableLayers.Find(model.Graph).Layers[0];
        return new LayerBranch(layer, new float[layer.InFeatures], new float[layer.OutFeatures], 1);
    }

    private static OnnxModel Product()
    {
        GraphBuilder builder = new GraphBuilder("quantized").Input("x", TensorElementType.Float32, "batch", 4)
            .Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, new byte[12], 4, 3)).Initializer("scale", [0.1f]);
        builder.Node("MatMul", ["x", builder.Node("DequantizeLinear", ["w", "scale"], ["f"])], ["h"]);
        builder.Node("Relu", ["h"], ["y"]);
        return builder.Output("y", TensorElementType.Float32, "batch", 3).Build();
    }
}
