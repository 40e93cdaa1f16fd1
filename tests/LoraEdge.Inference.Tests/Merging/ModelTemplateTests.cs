namespace LoraEdge.Inference.Tests;

/// <summary>Merging into the model's bytes gives the bytes of the merged model.</summary>
public sealed class ModelTemplateTests
{
    private static IEnumerable<LayerModel> Layers => LayerModels.All.Where(layer => AdaptableLayers.Find(layer.Build().Graph).Layers.Count > 0);

    private static IEnumerable<string> RealModels =>
    [
        "mlagents/3DBall.onnx", "mlagents/Basic.onnx", "mlagents/GridFoodCollector.onnx", "mlagents/Hallway.onnx", "mlagents/Match3VectorObs.onnx",
        "mlagents/PushBlock.onnx", "mlagents/Sorter.onnx", "magika/fast_v2_1.onnx", "stories15M/stories15M.onnx",
    ];

    [TestCaseSource(nameof(Layers))]
    public void EveryKindOfLayer_HasTheMergedModelsBytesWhereItsWeightIsAFloat32Initializer(LayerModel layer)
    {
        OnnxModel model = layer.Build();
        bool isOpen = AdaptableLayers.Find(model.Graph).Layers.All(found => !found.IsQuantized && model.Graph.Initializers.TryGetValue(found.WeightName, out Initializer? weight) && weight.DataType == OnnxDataType.Float);

        byte[]? actual = Merge(Template(model), RandomAdapter.For(model));

        if (isOpen)
            AssertMerged(actual, model, RandomAdapter.For(model));
        else
            Assert.That(actual, Is.Null);
    }

    [TestCaseSource(nameof(RealModels))]
    public void RealModel_HasTheMergedModelsBytesForOneAdapterAfterAnother(string path)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require($"models/{path}"));
        ModelTemplate template = Template(model);
        foreach (int seed in new[] { 1, 2 })
        {
            Adapter adapter = RandomAdapter.For(model, seed: seed);

            AssertMerged(Merge(template, adapter), model, adapter);
        }
    }

    [Test]
    public void RivalBase_HasTheMergedModelsBytes()
    {
        OnnxModel model = OnnxModel.Load(TestData.RequirePath(Repository.PathOf("sample-host/Models/rival-base.onnx")));

        AssertMerged(Merge(Template(model), RandomAdapter.For(model)), model, RandomAdapter.For(model));
    }

    [Test]
    public void AdapterOfFewerLayers_LeavesNothingOfTheOneBefore()
    {
        OnnxModel model = TinyModels.Policy();
        ModelTemplate template = Template(model);
        Adapter first = Of(model, 0), second = Of(model, 1);

        Merge(template, first);

        AssertMerged(Merge(template, second), model, second);
    }

    [Test]
    public void AdapterThatIsRefused_LeavesNothingBehind()
    {
        OnnxModel model = TinyModels.Policy();
        ModelTemplate template = Template(model);
        Adapter refused = Of(model, 0), next = Of(model, 1);
        refused.Targets[0].B[^1] = float.NaN;

        Assert.That(() => Merge(template, refused), Throws.TypeOf<AdapterMismatchException>());

        AssertMerged(Merge(template, next), model, next);
    }

    [Test]
    public void AdapterOfAnotherModel_IsRefused()
    {
        ModelTemplate template = Template(TinyModels.Policy());

        Assert.That(() => Merge(template, RandomAdapter.For(TinyModels.Policy(features: 16))), Throws.TypeOf<AdapterMismatchException>());
    }

    [Test]
    public void TwoBuildersAtATime_HaveBytesOfTheirOwn()
    {
        OnnxModel model = TinyModels.Policy();
        ModelTemplate template = Template(model);
        Adapter outer = RandomAdapter.For(model, seed: 1), inner = RandomAdapter.For(model, seed: 2);

        byte[]? actual = template.TryMerge(outer, (bytes, _) =>
        {
            AssertMerged(Merge(template, inner), model, inner);
            return bytes;
        });

        AssertMerged(actual, model, outer);
    }

    private static ModelTemplate Template(OnnxModel model) => new(model, new WeightMerger(model), new SharedWeights(model));

    private static Adapter Of(OnnxModel model, int layer) => RandomAdapter.For(model, layers: [AdaptableLayers.Find(model.Graph).Layers[layer]]);

    private static byte[]? Merge(ModelTemplate template, Adapter adapter) => template.TryMerge(adapter, (bytes, _) => (byte[])bytes.Clone());

    private static void AssertMerged(byte[]? actual, OnnxModel model, Adapter adapter) =>
        Assert.That(actual.AsSpan().SequenceEqual(NativeSession.PreparedForCpu(new WeightMerger(model).Apply(adapter).Model).ToBytes()), model.Name);
}
