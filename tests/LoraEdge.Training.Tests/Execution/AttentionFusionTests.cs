namespace LoraEdge.Training.Tests.Execution;

/// <summary>
/// Attention that is written out node by node: whatever shapes its nodes take, the fused operation takes too, and computes what
/// ONNX Runtime computes.
/// </summary>
public sealed class AttentionFusionTests
{
    private static readonly long[] s_q = [1, 2, 4, 5], s_k = [1, 2, 5, 6], s_v = [1, 2, 6, 3];

    private static IEnumerable<TestCaseData> Masks =>
        from mask in new long[][] { [], [6], [4, 6], [4, 1], [2, 4, 6], [1, 1, 4, 6], [3, 1, 4, 6], [2, 1, 1, 1, 6] }
        select new TestCaseData(mask).SetArgDisplayNames($"[{string.Join(",", mask)}]");

    [TestCaseSource(nameof(Masks))]
    public void AMask_OfAnyShapeThatAddTakes_IsAddedToTheScores(long[] mask) => AssertAsOnnxRuntime(s_q, s_k, s_v, mask);

    [Test]
    public void AMask_MayWidenScoresOfFewerAxes() => AssertAsOnnxRuntime([2, 4, 5], [2, 5, 6], [2, 6, 3], [3, 1, 4, 6]);

    [TestCase(new long[] { 5 }, new long[] { 5, 6 }, new long[] { 6, 3 })]
    [TestCase(new long[] { 4, 5 }, new long[] { 5, 6 }, new long[] { 6 })]
    [TestCase(new long[] { 1, 4, 5 }, new long[] { 5, 6 }, new long[] { 2, 6, 3 })]
    [TestCase(new long[] { 2, 1, 4, 5 }, new long[] { 3, 5, 6 }, new long[] { 3, 6, 3 })]
    public void Products_OfVectorsAndOfDifferentBatches_AreTaken(long[] q, long[] k, long[] v) => AssertAsOnnxRuntime(q, k, v);

    [TestCase(17)]
    [TestCase(11, Description = "the axes from 3 on are one row")]
    public void ASoftmax_OverAnAxisThatIsNotTheLast_StaysOne(int opset) =>
        AssertAsOnnxRuntime([2, 2, 3, 4, 5], [2, 2, 3, 5, 6], [2, 2, 3, 6, 3], axis: 3, opset: opset);

    [Test]
    public void AScale_WithMoreAxesThanTheScores_AddsThemToTheResult() => AssertAsOnnxRuntime(s_q, s_k, s_v, scale: [1, 1, 1, 1, 1]);

    private static void AssertAsOnnxRuntime(long[] q, long[] k, long[] v, long[]? mask = null, long[]? scale = null, int axis = -1, int opset = 17)
    {
        var inputs = new Dictionary<string, HostTensor> { ["q"] = Random(q, 1), ["k"] = Random(k, 2), ["v"] = Random(v, 3) };
        if (mask is not null)
            inputs["mask"] = Random(mask, 4);
        OnnxModel model = Model(inputs, scale ?? [], axis, opset);

        using var executed = new ExecutedModel(model);
        HostTensor actual = executed.Run(inputs, ["y"])["y"], expected = OnnxRuntimeReference.Run(model, inputs)["y"];

        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), Tolerances.Float32);
    }

    private static OnnxModel Model(Dictionary<string, HostTensor> inputs, long[] scale, int axis, int opset)
    {
        GraphBuilder graph = new GraphBuilder("attention", opset).Initializer("scale", [0.5f], scale);
        foreach ((string name, HostTensor tensor) in inputs)
            graph.Input(name, TensorElementType.Float32, [.. tensor.Shape.Select(size => (Dimension)size)]);
        string scores = graph.Node("Mul", [graph.Node("MatMul", ["q", "k"]), "scale"]);
        if (inputs.ContainsKey("mask"))
            scores = graph.Node("Add", [scores, "mask"]);
        graph.Node("MatMul", [graph.Node("Softmax", [scores], attributes: [("axis", axis)]), "v"], ["y"]);
        return graph.Build().WithOutputs(["y"]);
    }

    private static HostTensor Random(long[] shape, int seed) => Operators.OperatorCase.Random(shape, seed);
}
