using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference.Tests;

/// <summary>Sessions that read the same frozen weights compute what sessions with weights of their own do, and may outlive each other.</summary>
public sealed class SharedWeightsTests
{
    private const int EveryWeight = 1;

    private static readonly SessionSettings s_settings = new();

    private static IEnumerable<LayerModel> Layers => LayerModels.All;

    [TestCaseSource(nameof(Layers))]
    public void EveryKindOfLayer_WithSharedWeights_ComputesTheSameBits(LayerModel layer) => AssertSameBits(layer.Build(), layer.Inputs);

    private static IEnumerable<string> RealModels =>
    [
        "mlagents/3DBall.onnx", "mlagents/Basic.onnx", "mlagents/GridFoodCollector.onnx", "mlagents/Hallway.onnx", "mlagents/Match3VectorObs.onnx",
        "mlagents/PushBlock.onnx", "mlagents/Sorter.onnx", "magika/fast_v2_1.onnx", "stories15M/stories15M.onnx",
    ];

    [TestCaseSource(nameof(RealModels))]
    public void RealModel_WithSharedWeights_ComputesTheSameBits(string path)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require($"models/{path}"));

        AssertSameBits(model, ParityInputs.For(model));
    }

    [Test]
    public void Open_AfterAnotherSession_AddsOnlyTheReplacedWeights()
    {
        OnnxModel model = OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx"));
        string[] adapted = [.. LayerSelection.Choose(AdaptableLayers.Find(model.Graph), [], []).Layers.Select(layer => layer.WeightName)];
        OnnxModel merged = model.WithInitializers(adapted.ToDictionary(name => name, name => model.Graph.Initializers[name].ToFloats()));
        var weights = new SharedWeights(model);

        long all = BytesOf(weights, model), kept = BytesOf(weights, merged);

        Assert.Multiple(() =>
        {
            Assert.That(adapted, Has.Length.GreaterThan(10));
            Assert.That(all, Is.GreaterThan(0.99 * model.Graph.Initializers.Values.Sum(tensor => (long)tensor.Data.Length)), "next to nothing is copied for a session without an adapter");
            Assert.That(kept, Is.EqualTo(all - adapted.Sum(name => (long)model.Graph.Initializers[name].Data.Length)), "and for one with an adapter, what it adapts");
        });
    }

    [Test]
    public void AttachedModel_SharesEveryWeightThatTheBaseDoes()
    {
        OnnxModel model = OptimizedLlama.Create();
        var weights = new SharedWeights(model, EveryWeight);
        LayerProjection[] layers = [.. AdaptableLayers.Find(model.Graph).Layers.Where(layer => AttachedModel.Objection(layer, model.Opsets[""]) is null).Select(layer => new LayerProjection(layer, new float[layer.InFeatures]))];

        Assert.That(layers, Is.Not.Empty);
        Assert.That(BytesOf(weights, model.WithTables(layers, rank: 1).Model), Is.EqualTo(BytesOf(weights, model)).And.Positive);
    }

    /// <summary>ONNX Runtime transposes the weight, and keeps its name.</summary>
    [Test]
    public void WeightThatATransposeIsMovedPast_IsNotShared()
    {
        GraphBuilder graph = new GraphBuilder("moved").Input("x", TensorElementType.Float32, 2, 3, 4, 5).Initializer("w", Numbers.Normal(2 * 4 * 5 * 3, seed: 4), 2, 4, 5, 3);
        string turned = graph.Node("Mul", [graph.Node("Transpose", ["x"], attributes: [("perm", new[] { 0, 2, 3, 1 })]), "w"]);
        graph.Node("Transpose", [graph.Node("Relu", [turned])], ["y"], [("perm", new[] { 0, 3, 1, 2 })]);
        OnnxModel model = graph.Output("y", TensorElementType.Float32, 2, 3, 4, 5).Build();

        Assert.That(new SharedWeights(model, EveryWeight).Of(model), Is.Empty);
        AssertSameBits(model, ParityInputs.For(model));
    }

    [Test]
    public void WeightThatABranchReads_IsNotShared()
    {
        GraphBuilder then = new GraphBuilder("then").Output("inner", TensorElementType.Float32, 2, 2), otherwise = new GraphBuilder("else").Output("inner", TensorElementType.Float32, 2, 2);
        then.Node("MatMul", ["x", "w"], ["inner"]);
        otherwise.Node("Identity", ["x"], ["inner"]);
        GraphBuilder graph = new GraphBuilder("branch").Input("x", TensorElementType.Float32, 2, 2).Input("take", TensorElementType.Boolean).Initializer("w", Numbers.Normal(4, seed: 1), 2, 2);
        graph.Node("If", ["take"], ["y"], [("then_branch", then), ("else_branch", otherwise)]);
        OnnxModel model = graph.Output("y", TensorElementType.Float32, 2, 2).Build();

        Assert.That(new SharedWeights(model, EveryWeight).Of(model), Is.Empty);
    }

    [Test]
    public void Session_OfAModelThatWasDisposed_StillRuns()
    {
        var model = new ServingModel(TinyModels.Policy(features: 256, classes: 128));
        Dictionary<string, HostTensor> inputs = Inputs(256);
        Adapter adapter = RandomAdapter.For(model.Model);
        using MergedSession early = model.Build(adapter);
        byte[] expected = early.Run(inputs)["logits"].Bytes;

        model.Dispose();
        GC.Collect();
        using MergedSession late = model.Build(adapter);

        Assert.That(early.Run(inputs)["logits"].Bytes, Is.EqualTo(expected));
        Assert.That(late.Run(inputs)["logits"].Bytes, Is.EqualTo(expected), "on weights of its own");
    }

    [Test]
    public void Model_DisposedWhileSlotsRun_FailsNoRunThatHasBegun()
    {
        for (int round = 0; round < 20; round++)
        {
            var model = new ServingModel(TinyModels.Policy(features: 256, classes: 128));
            Dictionary<string, HostTensor> inputs = Inputs(256);
            byte[] expected = model.Base.Run(inputs)["logits"].Bytes;
            using AdapterSlot slot = model.Open();
            using var begun = new ManualResetEventSlim();
            Task<int> runs = Task.Run(() =>
            {
                for (int run = 0; ; run++)
                {
                    try
                    {
                        Assert.That(slot.Run(inputs)["logits"].Bytes, Is.EqualTo(expected));
                        begun.Set();
                    }
                    catch (ObjectDisposedException)
                    {
                        return run;
                    }
                }
            });

            begun.Wait();
            model.Dispose();

            Assert.That(runs.Result, Is.Positive);
        }
    }

    [Test]
    public void Release_WaitsForTheLastSession()
    {
        OnnxModel model = TinyModels.Policy();
        var weights = new SharedWeights(model, EveryWeight);
        var first = new MergedSession(model, s_settings, weights);
        var second = new MergedSession(model, s_settings, weights);
        Assert.That(weights.Pinned, Is.EqualTo(2), "once each, and not the biases");

        weights.Close();
        first.Dispose();
        first.Dispose();
        Assert.That(weights.Pinned, Is.EqualTo(2));

        second.Dispose();
        Assert.That(weights.Pinned, Is.Zero);
    }

    [Test]
    public void Session_ThatCannotBeOpened_LeavesTheWeights()
    {
        OnnxModel model = TinyModels.Policy();
        var weights = new SharedWeights(model, EveryWeight);
        var graph = new GraphBuilder("odd");
        graph.Input("x", TensorElementType.Float32, 1).Node("Frobnicate", ["x"], ["y"]);

        Assert.That(() => new MergedSession(graph.Output("y", TensorElementType.Float32, 1).Build(), s_settings, weights), Throws.TypeOf<ModelFormatException>());
        new MergedSession(model, s_settings, weights).Dispose();
        weights.Close();

        Assert.That(weights.Pinned, Is.Zero);
    }

    private static void AssertSameBits(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        var weights = new SharedWeights(model, EveryWeight);
        foreach (OnnxModel served in new[] { model, new WeightMerger(model).Apply(RandomAdapter.For(model)).Model })
        {
            using var alone = new MergedSession(served, s_settings, null);
            using var first = new MergedSession(served, s_settings, weights);
            using var second = new MergedSession(served, s_settings, weights);
            IReadOnlyDictionary<string, HostTensor> expected = alone.Run(inputs);
            foreach (IReadOnlyDictionary<string, HostTensor> actual in new[] { first.Run(inputs), second.Run(inputs) })
            {
                foreach ((string name, HostTensor output) in expected)
                    Assert.That(actual[name].Bytes.AsSpan().SequenceEqual(output.Bytes), $"{name} of {model.Name}");
            }
        }

        weights.Close();
    }

    private static long BytesOf(SharedWeights weights, OnnxModel model) => weights.Of(model.WithTransposedProducts()).Sum(weight => (long)weight.Data.Length);

    private static Dictionary<string, HostTensor> Inputs(int features) => new() { ["x"] = HostTensor.From(Numbers.Normal(8 * features, seed: 3), 8, features) };
}
