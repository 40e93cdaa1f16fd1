using System.Runtime.InteropServices;

namespace LoraEdge.Inference.Tests;

/// <summary>The one-pass merge against an element at a time, bit by bit.</summary>
public sealed class MergeIntoTests
{
    private static IEnumerable<LayerModel> Float32Layers => LayerModels.All.Where(layer =>
        AdaptableLayers.Find(layer.Build().Graph).Layers is { Count: > 0 } layers && layers.All(found => !found.IsQuantized && found.MergedType == OnnxDataType.Float));

    private static OnnxModel Large(ProductLayer layer) => TinyModels.Product(layer, 311, 703, Numbers.Normal(311 * 703, 4));

    [Test]
    public void MergeInto_EveryLayer_HasTheBitsOfAnElementAtATime(
        [ValueSource(nameof(Float32Layers))] LayerModel layer, [Values(1, 2, 3, 4)] int rank, [Values(1f, -0.7f)] float scale)
    {
        OnnxModel model = layer.Build();
        Adapter adapter = RandomAdapter.For(model, 0.3, rank, scale);

        AssertMerged(new WeightMerger(model).Merge(adapter), model, adapter);
    }

    [Test]
    public void MergeInto_InManyPieces_HasTheSameBitsOnAnyNumberOfThreads(
        [ValueSource(typeof(ProductLayer), nameof(ProductLayer.All))] ProductLayer layer, [Values(1, 3)] int rank, [Values(1, 2, 5)] int threads)
    {
        OnnxModel model = Large(layer);
        Adapter adapter = RandomAdapter.For(model, 0.3, rank, 1.3f);
        Dictionary<string, Memory<float>> destinations = Destinations(model);

        new WeightMerger(model).MergeInto(adapter, destinations, threads);

        AssertMerged(destinations.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray()), model, adapter);
    }

    [Test]
    public void MergeInto_AnUnchangedWeight_IsTheFrozenOneWhateverWasThere()
    {
        OnnxModel model = TinyModels.Policy();
        Adapter adapter = Only(model, 0);
        Dictionary<string, Memory<float>> destinations = Destinations(model);

        new WeightMerger(model).MergeInto(adapter, destinations);

        string changed = AdaptableLayers.Find(model.Graph).Layers[0].WeightName;
        foreach ((string name, Memory<float> values) in destinations)
            Assert.That(values.ToArray(), name == changed ? Is.Not.EqualTo(model.Graph.Initializers[name].ToFloats()) : Is.EqualTo(model.Graph.Initializers[name].ToFloats()), name);
    }

    [Test]
    public void MergeInto_OneDirectionOfTwo_LeavesTheOtherAsItIs([Values(0, 1)] int direction)
    {
        OnnxModel model = LayerModels.Recurrences.First().Build();
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        int target = layers.ToList().FindIndex(layer => layer.WeightName == "w" && layer.Direction == direction);

        AssertMerged(new WeightMerger(model).Merge(Only(model, target)), model, Only(model, target));
    }

    [Test]
    public void MergeInto_ThatIsNotFinite_NamesTheFirstSuchElementOnAnyNumberOfThreads([Values(1, 2, 5)] int threads)
    {
        OnnxModel model = Large(new ProductLayer("MatMul"));
        Adapter adapter = RandomAdapter.For(model);
        adapter.Targets[0].B[699] = float.NaN;
        adapter.Targets[0].B[702] = float.PositiveInfinity;

        Assert.That(() => new WeightMerger(model).MergeInto(adapter, Destinations(model), threads), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("element 699 of the weight w"));
    }

    [Test]
    public void MergeInto_FrozenValuesThatAreNotFinite_StayWhereNothingChanges()
    {
        var graph = new GraphBuilder("mask").Input("x", TensorElementType.Float32, "batch", 3)
            .Initializer("w", Numbers.Normal(9, 1), 3, 3).Initializer("mask", [0, float.NegativeInfinity, 0], 3);
        graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "mask"], ["y"]);
        OnnxModel model = graph.Output("y", TensorElementType.Float32, "batch", 3).Build();
        Dictionary<string, Memory<float>> destinations = Destinations(model);

        new WeightMerger(model).MergeInto(RandomAdapter.For(model), destinations);

        Assert.That(destinations["mask"].ToArray(), Is.EqualTo(new[] { 0, float.NegativeInfinity, 0 }));
    }

    [Test]
    public void MergeInto_DestinationsThatDoNotFit_AreRefused()
    {
        OnnxModel model = TinyModels.Policy();
        var merger = new WeightMerger(model);
        Adapter adapter = RandomAdapter.For(model);
        Dictionary<string, Memory<float>> all = Destinations(model), missing = new(all), longer = new(all), unknown = new(all);
        missing.Remove("w1");
        longer["w1"] = new float[all["w1"].Length + 1];
        unknown["v"] = new float[1];

        Assert.That(() => merger.MergeInto(adapter, missing), Throws.ArgumentException.With.Message.Contains("'w1'"));
        Assert.That(() => merger.MergeInto(adapter, longer), Throws.ArgumentException.With.Message.Contains("w1: float32"));
        Assert.That(() => merger.MergeInto(adapter, unknown), Throws.ArgumentException.With.Message.Contains("'v'"));
    }

    private static Dictionary<string, Memory<float>> Destinations(OnnxModel model) => model.Graph.Initializers
        .Where(entry => entry.Value.DataType == OnnxDataType.Float)
        .ToDictionary(entry => entry.Key, entry => (Memory<float>)Enumerable.Repeat(float.NaN, (int)entry.Value.Count).ToArray());

    private static Adapter Only(OnnxModel model, int target)
    {
        Adapter all = RandomAdapter.WithExplicitA(model, RandomAdapter.For(model));
        return new Adapter { Model = all.Model, Projection = all.Projection, Rank = all.Rank, Scale = all.Scale, Targets = [all.Targets[target]], Training = all.Training };
    }

    private static void AssertMerged(IReadOnlyDictionary<string, float[]> merged, OnnxModel model, Adapter adapter)
    {
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        Dictionary<string, float[]> expected = merged.Keys.ToDictionary(name => name, name => model.Graph.ConstantOf(name)!.ToFloats());
        foreach (AdapterTarget target in adapter.Targets)
        {
            AdaptableLayer layer = layers.Single(found => found.InitializerIndex == target.InitializerIndex);
            AddByElement(expected[layer.WeightName], layer, FrozenProjection.Generate(layer.Name, 0, adapter.Rank, layer.InFeatures), target.B, adapter.Scale, adapter.Rank);
        }

        foreach ((string name, float[] values) in merged)
            Assert.That(Bits(values).SequenceEqual(Bits(expected[name])), name);
    }

    // The factor s goes on the matrix whose rows are the stored tensor's rows; a kernel behind a Transpose is changed in one sum.
    private static void AddByElement(float[] w, AdaptableLayer layer, float[] a, float[] b, float scale, int rank)
    {
        bool isReordered = !layer.Axes.SequenceEqual(Enumerable.Range(0, layer.Axes.Count)) && layer.Storage == WeightStorage.Kernel;
        for (int o = 0; o < layer.OutFeatures; o++)
        {
            for (int i = 0; i < layer.InFeatures; i++)
            {
                int at = Place(layer, o, i);
                float sum = isReordered ? 0 : w[at];
                for (int k = 0; k < rank; k++)
                {
                    float left = layer.Storage == WeightStorage.InByOut ? scale * a[(k * layer.InFeatures) + i] : scale * b[(o * rank) + k];
                    sum += left * (layer.Storage == WeightStorage.InByOut ? b[(o * rank) + k] : a[(k * layer.InFeatures) + i]);
                }

                w[at] = isReordered ? w[at] + sum : sum;
            }
        }
    }

    private static int Place(AdaptableLayer layer, int o, int i)
    {
        if (layer.Storage == WeightStorage.InByOut)
            return (i * layer.OutFeatures) + o;
        if (layer.Storage != WeightStorage.Kernel)
            return (((layer.Direction * layer.OutFeatures) + o) * layer.InFeatures) + i;
        long[] index = new long[layer.Axes.Count];
        for (int axis = index.Length - 1, rest = i; axis > 0; axis--)
        {
            index[layer.Axes[axis]] = rest % (int)layer.Dims[axis];
            rest /= (int)layer.Dims[axis];
        }

        index[layer.Axes[0]] = o;
        long place = 0;
        for (int stored = 0; stored < index.Length; stored++)
            place = (place * layer.Dims[layer.Axes.ToList().IndexOf(stored)]) + index[stored];
        return (int)place;
    }

    private static ReadOnlySpan<int> Bits(float[] values) => MemoryMarshal.Cast<float, int>(values.AsSpan());
}
