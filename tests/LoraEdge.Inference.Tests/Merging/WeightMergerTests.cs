namespace LoraEdge.Inference.Tests;

/// <summary>Merged weights against W + s*B*A in double precision.</summary>
public sealed class WeightMergerTests
{
    private const int InFeatures = 13;
    private const int OutFeatures = 21;

    [Test]
    public void Merge_EveryLayout_EqualsTheClosedForm(
        [ValueSource(typeof(ProductLayer), nameof(ProductLayer.All))] ProductLayer layer, [Values(1, 4)] int rank, [Values(1f, -0.75f)] float scale)
    {
        OnnxModel model = TinyModels.Product(layer, InFeatures, OutFeatures);
        Adapter adapter = RandomAdapter.For(model, share: 0.5, rank, scale);

        float[] merged = new WeightMerger(model).Merge(adapter)["w"];

        float[] a = FrozenProjection.Generate("w", 0, rank, InFeatures);
        float[] expected = ClosedForm(model.Graph.Initializers["w"].ToFloats(), a, adapter.Targets[0].B, scale, rank, layer.IsTransposed);
        Numbers.AssertClose(merged, expected, Tolerances.Float32);
    }

    [Test]
    public void Merge_Convolution_AddsTheOuterProductOverTheFlattenedKernel()
    {
        OnnxModel model = LayerModels.Convolutions.Single(layer => layer.Name == "grouped Conv").Build();
        AdaptableLayer layer = AdaptableLayers.Find(model.Graph).Layers.Single();
        Adapter adapter = RandomAdapter.For(model, rank: 2);

        float[] merged = new WeightMerger(model).Merge(adapter)["w"];

        float[] a = FrozenProjection.Generate("w", 0, 2, layer.InFeatures);
        Numbers.AssertClose(merged, ClosedForm(model.Graph.Initializers["w"].ToFloats(), a, adapter.Targets[0].B, 1, 2, transposed: true), Tolerances.Float32);
    }

    [Test]
    public void Merge_RecurrentWeight_ChangesEachDirectionByItsOwnTarget()
    {
        OnnxModel model = LayerModels.Recurrences.Single(layer => layer.Name == "bidirectional GRU").Build();
        Adapter adapter = RandomAdapter.For(model);
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;

        IReadOnlyDictionary<string, float[]> merged = new WeightMerger(model).Merge(adapter);

        Assert.That(merged.Keys, Is.EquivalentTo(new[] { "w", "r" }));
        foreach ((AdaptableLayer layer, AdapterTarget target) in layers.Zip(adapter.Targets))
        {
            int count = layer.OutFeatures * layer.InFeatures, start = layer.Direction * count;
            float[] frozen = model.Graph.Initializers[layer.WeightName].ToFloats()[start..(start + count)], a = FrozenProjection.Generate(layer.Name, 0, 1, layer.InFeatures);
            Numbers.AssertClose(merged[layer.WeightName].AsSpan(start, count), ClosedForm(frozen, a, target.B, 1, 1, transposed: true), Tolerances.Float32);
        }
    }

    [Test]
    public void Apply_Float16WeightThatIsCast_KeepsTheMergedWeightInFloat32()
    {
        OnnxModel model = LayerModels.Products.Single(layer => layer.Name == "behind Cast from float16").Build();
        Adapter adapter = RandomAdapter.For(model, share: 1e-5);
        var merger = new WeightMerger(model);

        Initializer served = OnnxModel.Parse(merger.Apply(adapter).Model.ToBytes(), "served").Graph.Initializers["w"];

        Assert.That(served.DataType, Is.EqualTo(OnnxDataType.Float));
        Assert.That(served.ToFloats(), Is.EqualTo(merger.Merge(adapter)["w"]), "in float16 a change this small would be gone");
    }

    [Test]
    public void Apply_QuantizedWeight_LeavesTheIntegersAsTheyAre()
    {
        foreach (OnnxModel model in LayerModels.Quantized.Select(layer => layer.Build()))
        {
            OnnxModel served = new WeightMerger(model).Apply(RandomAdapter.For(model)).Model;

            foreach ((string name, Initializer frozen) in model.Graph.Initializers)
                Assert.That(served.Graph.Initializers[name].Data.ToArray(), Is.EqualTo(frozen.Data.ToArray()));
            Assert.That(new WeightMerger(model).Merge(RandomAdapter.For(model)), Is.Empty);
        }
    }

    [TestCase(float.NaN)]
    [TestCase(float.NegativeInfinity)]
    public void Apply_ToAQuantizedWeight_OfWhatIsNotFinite_IsRefused(float b)
    {
        OnnxModel model = LayerModels.Quantized.First().Build();
        Adapter adapter = RandomAdapter.For(model);
        Adapter broken = WithB(adapter, [b, .. adapter.Targets[0].B.Skip(1)], scale: 1);

        Assert.That(() => new WeightMerger(model).Apply(broken), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("w (6 to 10)"));
    }

    [Test]
    public void Apply_OnSeveralThreads_GivesTheSameModel()
    {
        OnnxModel model = LayerModels.Quantized.Last().Build();
        Adapter adapter = RandomAdapter.For(model);
        var merger = new WeightMerger(model);
        byte[] expected = merger.Apply(adapter).Model.ToBytes();

        byte[][] results = new byte[8][];
        Parallel.For(0, results.Length, i => results[i] = merger.Apply(adapter).Model.ToBytes());

        Assert.That(results, Is.All.EqualTo(expected));
    }

    [Test]
    public void Merge_ExplicitA_EqualsTheSeededOne()
    {
        OnnxModel model = TinyModels.Policy();
        Adapter seeded = RandomAdapter.For(model, rank: 2);
        var merger = new WeightMerger(model);

        IReadOnlyDictionary<string, float[]> merged = merger.Merge(RandomAdapter.WithExplicitA(model, seeded));

        Assert.That(merged, Is.EqualTo(merger.Merge(seeded)));
    }

    [Test]
    public void Merge_CalibratedA_UsesTheProjectionBesideTheModel()
    {
        OnnxModel model = TinyModels.Product(new ProductLayer("MatMul"), InFeatures, OutFeatures);
        int index = AdaptableLayers.Find(model.Graph).Layers[0].InitializerIndex;
        float[] rows = Numbers.Normal(InFeatures, seed: 3);
        CalibratedProjection projection = CalibratedProjection.Create(model.Fingerprint, 1, [new(index, rows)]);
        Adapter adapter = RandomAdapter.For(model, projection: projection);

        float[] merged = new WeightMerger(model, projection).Merge(adapter)["w"];

        double norm = Math.Sqrt(rows.Sum(value => (double)value * value));
        float[] unit = [.. rows.Select(value => (float)(value / norm))];
        Numbers.AssertClose(merged, ClosedForm(model.Graph.Initializers["w"].ToFloats(), unit, adapter.Targets[0].B, 1, 1, false), Tolerances.Float32);
        Assert.That(() => new WeightMerger(model).Merge(adapter), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("calibrated projection"));
    }

    [Test]
    public void Merge_Float16Weight_AddsInFloat32AndRoundsOnce()
    {
        Half[] weights = [.. Numbers.Normal(InFeatures * OutFeatures, seed: 5).Select(value => (Half)value)];
        OnnxModel model = HalfModel(weights);
        Adapter adapter = RandomAdapter.For(model);

        IReadOnlyDictionary<string, float[]> merged = new WeightMerger(model).Merge(adapter);
        float[] stored = OnnxModel.Parse(model.ToBytes(merged), "merged").Graph.Initializers["w"].ToFloats();

        float[] a = FrozenProjection.Generate("w", 0, 1, InFeatures);
        float[] expected = ClosedForm([.. weights.Select(value => (float)value)], a, adapter.Targets[0].B, 1, 1, false);
        Numbers.AssertClose(merged["w"], expected, Tolerances.Float32);
        Assert.That(stored, Is.EqualTo(merged["w"].Select(value => (float)(Half)value)));
    }

    [Test]
    public void Merge_ZeroB_GivesTheFrozenWeightsBitForBit()
    {
        OnnxModel model = TinyModels.Policy();

        IReadOnlyDictionary<string, float[]> merged = new WeightMerger(model).Merge(RandomAdapter.For(model, share: 0));

        Assert.That(merged.Keys, Is.EquivalentTo(new[] { "w1", "w2" }));
        Assert.That(merged["w1"], Is.EqualTo(model.Graph.Initializers["w1"].ToFloats()));
    }

    [Test]
    public void Merge_OneAfterAnother_StartsFromTheFrozenWeights()
    {
        OnnxModel model = TinyModels.Policy();
        var merger = new WeightMerger(model);
        float[] first = merger.Merge(RandomAdapter.For(model, seed: 1))["w1"];

        merger.Merge(RandomAdapter.For(model, seed: 2));

        Assert.That(merger.Merge(RandomAdapter.For(model, seed: 1))["w1"], Is.EqualTo(first));
    }

    [Test]
    public void Merge_AfterAnAdapterOfAnotherProjectionOrRank_UsesItsOwnA()
    {
        OnnxModel model = TinyModels.Policy();
        var merger = new WeightMerger(model);
        Adapter[] adapters = [RandomAdapter.For(model), RandomAdapter.For(model, projection: new SeededProjection(9)), RandomAdapter.For(model, rank: 2), RandomAdapter.For(model, seed: 3)];

        foreach (Adapter adapter in adapters.Concat(adapters))
            Assert.That(merger.Merge(adapter), Is.EqualTo(new WeightMerger(model).Merge(adapter)));
    }

    [Test]
    public void Merge_AdapterOfAnotherModel_IsRefusedByItsFingerprint()
    {
        Adapter adapter = RandomAdapter.For(TinyModels.Policy(features: 5));

        Assert.That(() => new WeightMerger(TinyModels.Policy()).Merge(adapter), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("was trained on the model"));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.MaxValue)]
    public void Merge_ThatIsNotFinite_NamesTheWeight(float b)
    {
        float[] weights = [float.MaxValue, 1];
        OnnxModel model = TinyModels.Product(new ProductLayer("MatMul"), 2, 1, weights);
        Adapter adapter = WithB(RandomAdapter.For(model), [b], scale: 2);

        Assert.That(() => new WeightMerger(model).Merge(adapter), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("weight w: float32[2,1]"));
    }

    [Test]
    public void Merge_TooLargeForFloat16_IsRefused()
    {
        OnnxModel model = HalfModel([.. Enumerable.Repeat((Half)0, InFeatures * OutFeatures)]);
        Adapter adapter = WithB(RandomAdapter.For(model), [.. Enumerable.Repeat(3e6f, OutFeatures)], scale: 1);

        Assert.That(() => new WeightMerger(model).Merge(adapter), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("float16"));
    }

    [Test]
    public void Merge_FrozenWeightThatIsNotFinite_BlamesTheModel()
    {
        OnnxModel model = TinyModels.Product(new ProductLayer("MatMul"), 2, 1, [1, float.NaN]);
        Adapter adapter = WithB(RandomAdapter.For(TinyModels.Product(new ProductLayer("MatMul"), 2, 1, [1, 1])), [0], scale: 1, model.Fingerprint);

        Assert.That(() => new WeightMerger(model).Merge(adapter), Throws.TypeOf<ModelFormatException>().With.Message.Contains("element 1 of the weight w"));
    }

    private static OnnxModel HalfModel(Half[] weights)
    {
        byte[] raw = System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()).ToArray();
        var builder = new GraphBuilder("half")
            .Input("x", TensorElementType.Float16, "batch", InFeatures)
            .Initializer(GraphBuilder.Tensor("w", OnnxDataType.Float16, raw, InFeatures, OutFeatures));
        builder.Node("MatMul", ["x", "w"], ["y"]);
        return builder.Output("y", TensorElementType.Float16, "batch", OutFeatures).Build();
    }

    private static Adapter WithB(Adapter adapter, float[] b, float scale, ModelFingerprint? model = null) => new()
    {
        Model = model ?? adapter.Model,
        Projection = adapter.Projection,
        Rank = adapter.Rank,
        Scale = scale,
        Targets = [new AdapterTarget { InitializerIndex = adapter.Targets[0].InitializerIndex, OutFeatures = adapter.Targets[0].OutFeatures, B = b }],
        Training = adapter.Training,
    };

    private static float[] ClosedForm(float[] w, float[] a, float[] b, float scale, int rank, bool transposed)
    {
        int width = a.Length / rank, height = b.Length / rank;
        float[] merged = new float[w.Length];
        for (int o = 0; o < height; o++)
        {
            for (int i = 0; i < width; i++)
            {
                double sum = 0;
                for (int k = 0; k < rank; k++)
                    sum += (double)b[(o * rank) + k] * a[(k * width) + i];
                int at = transposed ? (o * width) + i : (i * height) + o;
                merged[at] = (float)(w[at] + (scale * sum));
            }
        }

        return merged;
    }
}
