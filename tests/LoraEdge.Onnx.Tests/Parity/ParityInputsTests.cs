using LoraEdge.Onnx.Parity;

namespace LoraEdge.Onnx.Tests.Parity;

public sealed class ParityInputsTests
{
    [Test]
    public void OpenSizes_AreTwoForTheBatchAndEightElsewhere_AndEqualNamesAreEqual()
    {
        OnnxModel model = Inputs(
            ("states", TensorElementType.Float32, [1, "batch", 64]),
            ("tokens", TensorElementType.Int64, ["batch", "length"]),
            ("mask", TensorElementType.Int64, ["batch", "past + length + 1"]),
            ("image", TensorElementType.Float32, [default, 3, default, default]),
            ("scalar", TensorElementType.Float32, []));

        Assert.That(ShapesOf(ParityInputs.For(model)), Is.EqualTo("states [1,2,64] tokens [2,8] mask [2,17] image [2,3,8,8] scalar []"));
    }

    [Test]
    public void OpenSizes_AreThoseOfAnExample_ButForTheBatch()
    {
        OnnxModel model = Inputs(("tokens", TensorElementType.Int64, ["batch", "length"]), ("mask", TensorElementType.Int64, ["batch", "length"]), ("image", TensorElementType.Float32, [default, default]));
        var example = new Dictionary<string, HostTensor>
        {
            ["tokens"] = HostTensor.From(new long[5], 1, 5),
            ["mask"] = HostTensor.From(new long[5], 1, 5),
            ["image"] = HostTensor.From(new float[32], 1, 32),
        };

        Assert.That(ShapesOf(ParityInputs.For(model, example: example)), Is.EqualTo("tokens [2,5] mask [2,5] image [2,32]"));
    }

    [Test]
    public void Values_AreTheSameForASeedAndOthersForAnother()
    {
        OnnxModel model = Inputs(("x", TensorElementType.Float32, ["batch", 5000]));

        float[] first = ParityInputs.For(model)["x"].AsSpan<float>().ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(ParityInputs.For(model)["x"].AsSpan<float>().ToArray(), Is.EqualTo(first));
            Assert.That(ParityInputs.For(model, seed: 1)["x"].AsSpan<float>().ToArray(), Is.Not.EqualTo(first));
            Assert.That(first.Average(), Is.EqualTo(0).Within(0.05));
            Assert.That(first.Average(value => value * value), Is.EqualTo(1).Within(0.05));
        });
    }

    [Test]
    public void Masks_AreZeroOrOneInFloatsToo()
    {
        float[] mask = ParityInputs.For(Inputs(("action_masks", TensorElementType.Float32, ["batch", 100])))["action_masks"].AsSpan<float>().ToArray();
        Assert.That(mask.Distinct().Order(), Is.EqualTo(new[] { 0f, 1f }));
    }

    [TestCase(TensorElementType.Float16)]
    [TestCase(TensorElementType.Int32)]
    [TestCase(TensorElementType.Int8)]
    [TestCase(TensorElementType.UInt8)]
    [TestCase(TensorElementType.Boolean)]
    public void EveryTypeThatAHostCanFeed_IsMade(TensorElementType type)
    {
        HostTensor tensor = ParityInputs.For(Inputs(("x", type, ["batch", 100])))["x"];

        Assert.That((tensor.ElementType, tensor.Count), Is.EqualTo((type, 200L)));
        Assert.That(tensor.Bytes.Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void WhatNoHostCanFeed_IsRefused()
    {
        OnnxModel model = Inputs(("x", TensorElementType.Float32, ["batch", 4]));
        OnnxModel doubles = SmallModels.Changed(model, proto => proto.Graph.Input[0].Type.TensorType.ElemType = OnnxDataType.Double);
        OnnxModel sequence = SmallModels.Changed(model, proto => proto.Graph.Input[0].Type.TensorType = null);
        OnnxModel huge = Inputs(("x", TensorElementType.Float32, ["batch", 1L << 40]));
        OnnxModel hugeAndEmpty = Inputs(("x", TensorElementType.Float32, [0, long.MaxValue, long.MaxValue]));
        OnnxModel hugeSum = Inputs(("x", TensorElementType.Float32, ["batch", "9223372036854775807+9223372036854775807"]));
        Assert.Multiple(() =>
        {
            Assert.That(() => ParityInputs.For(doubles), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'x'").And.Message.Contains("double"));
            Assert.That(() => ParityInputs.For(sequence), Throws.TypeOf<ModelFormatException>().With.Message.Contains("no tensor"));
            foreach (OnnxModel large in new[] { huge, hugeAndEmpty, hugeSum })
                Assert.That(() => ParityInputs.For(large), Throws.TypeOf<ModelFormatException>().With.Message.Contains("elements"));
        });
    }

    private static OnnxModel Inputs(params (string Name, TensorElementType Type, Dimension[] Shape)[] inputs)
    {
        var builder = new GraphBuilder("inputs").Initializer("one", [1f], 1);
        foreach ((string name, TensorElementType type, Dimension[] shape) in inputs)
            builder.Input(name, type, shape);
        builder.Node("Identity", ["one"], ["y"]);
        return builder.Output("y", TensorElementType.Float32, 1).Build();
    }

    private static string ShapesOf(IReadOnlyDictionary<string, HostTensor> inputs) =>
        string.Join(" ", inputs.Select(input => $"{input.Key} [{string.Join(",", input.Value.Shape)}]"));
}
