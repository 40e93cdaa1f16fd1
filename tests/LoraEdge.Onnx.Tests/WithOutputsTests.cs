namespace LoraEdge.Onnx.Tests;

public sealed class WithOutputsTests
{
    [Test]
    public void WithOutputs_HasTheNamedValuesInTheirOrder_AndEverythingElseAsBefore()
    {
        OnnxModel model = SmallModels.Everything();

        OnnxModel changed = OnnxModel.Parse(model.WithOutputs(["h3", "y", "h1"]).ToBytes(), "again");

        Assert.Multiple(() =>
        {
            Assert.That(changed.Graph.Outputs.Select(output => output.Name), Is.EqualTo(new[] { "h3", "y", "h1" }));
            Assert.That(changed.Graph.Outputs[1].Shape, Is.EqualTo(model.Graph.Outputs[0].Shape), "a present output stays declared");
            Assert.That((changed.Graph.Outputs[0].ElementType, changed.Graph.Outputs[0].Shape), Is.EqualTo((0, (IReadOnlyList<Dimension>?)null)));
            Assert.That(changed.Graph.Nodes.Select(node => node.ToString()), Is.EqualTo(model.Graph.Nodes.Select(node => node.ToString())));
            Assert.That(changed.Fingerprint, Is.EqualTo(model.Fingerprint), "the same nodes are needed");
            Assert.That(model.Graph.Outputs.Select(output => output.Name), Is.EqualTo(new[] { "y" }));
        });
    }

    [TestCase("nosuch", "computes no value named 'nosuch'")]
    [TestCase("x", "computes no value named 'x'")]
    [TestCase("w1", "computes no value named 'w1'")]
    [TestCase("y", "named twice")]
    public void WithOutputs_OfWhatIsNoSuchValue_IsRefused(string value, string problem) =>
        Assert.That(() => SmallModels.Everything().WithOutputs(["y", value]), Throws.ArgumentException.With.Message.Contains(problem));
}
