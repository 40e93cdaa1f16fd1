using System.Runtime.InteropServices;

namespace LoraEdge.Inference.Tests;

/// <summary>Changes of 16-bit weights: what rounding loses, and what is served where it would lose too much.</summary>
public sealed class RoundingLossTests
{
    private const int In = 256;
    private const int Out = 32;
    private const float Tiny = 1e-6f;
    private const float Small = 1e-4f;
    private const float Large = 100f;

    /// <summary>Weights of about 0.06, and the outputs that get a change too small for them.</summary>
    private static IEnumerable<TestCaseData> Changes =>
        from type in new[] { OnnxDataType.Float16, OnnxDataType.BFloat16 }
        from lostOutputs in new[] { 0, 10, 22, Out }
        select new TestCaseData(type, lostOutputs);

    [TestCaseSource(nameof(Changes))]
    public void Apply_SixteenBits_CountsWhatRoundingLoses(int type, int lostOutputs)
    {
        OnnxModel model = Model(type);
        Adapter adapter = Adapter(model, [.. Enumerable.Range(0, Out).Select(o => o < lostOutputs ? Tiny : Large)]);

        MergedModel merged = new WeightMerger(model).Apply(adapter);

        RoundingLoss loss = merged.Losses.Single();
        (long changed, long lost) = Count(model, adapter);
        Assert.That((loss.Layer.Name, loss.Changed, loss.Lost), Is.EqualTo(("w", changed, lost)));
        Assert.That(lost, Is.InRange((lostOutputs - 1) * In, (lostOutputs * In) + In), "the case is what it says");
        Assert.That(loss.IsBeside, Is.EqualTo(lostOutputs > Out / 2));
        Assert.That(merged.Beside, Has.Count.EqualTo(loss.IsBeside ? 1 : 0));
        Assert.That(merged.Lost, Is.EqualTo(loss.IsBeside ? 0 : lost));
        Assert.That(merged.Model.Graph.Initializers["w"].Data.Span.SequenceEqual(model.Graph.Initializers["w"].Data.Span), Is.EqualTo(loss.IsBeside));
    }

    [TestCase(OnnxDataType.Float16, Tiny)]
    [TestCase(OnnxDataType.Float16, Large)]
    [TestCase(OnnxDataType.BFloat16, Small)]
    [TestCase(OnnxDataType.BFloat16, Large)]
    public void Apply_SixteenBits_AddsInFloat32AndRoundsOnce(int type, float b)
    {
        OnnxModel model = Model(type);
        Adapter adapter = Adapter(model, [.. Enumerable.Repeat(b, Out)]);

        OnnxModel merged = new WeightMerger(model, settings: new SessionSettings { MostLostToRounding = 1 }).Apply(adapter).Model;

        (float[] sums, _) = Sums(model, adapter);
        Assert.That(merged.Graph.Initializers["w"].ToFloats(), Is.EqualTo(sums.Select(sum => Nearest(sum, type))));
    }

    [TestCase(OnnxDataType.Float16, Small)]
    [TestCase(OnnxDataType.BFloat16, 8 * Small)]
    public void Build_OfChangesThatVanish_ServesWhatPlainMergingLoses(int type, float b)
    {
        OnnxModel model = Model(type);
        Adapter adapter = Adapter(model, [.. Numbers.Normal(Out, 5).Select(value => b * Math.Sign(value))]);

        (double served, IReadOnlyList<RoundingLoss> losses) = Error(model, adapter, new SessionSettings());
        (double plain, IReadOnlyList<RoundingLoss> plainLosses) = Error(model, adapter, new SessionSettings { MostLostToRounding = 1 });

        Assert.That(losses.Single().IsBeside, Is.True);
        Assert.That(plainLosses.Single(), Is.EqualTo(losses.Single() with { Layer = plainLosses.Single().Layer, IsBeside = false }));
        Assert.That(served, Is.LessThan(plain / 2));
    }

    [Test]
    public void Apply_AWeightThatTheGraphWidens_LosesNothing()
    {
        OnnxModel model = LayerModels.Products.Single(layer => layer.Name == "behind Cast from float16").Build();

        MergedModel merged = new WeightMerger(model).Apply(RandomAdapter.For(model, share: 1e-5));

        Assert.That((merged.Losses, merged.Beside), Is.EqualTo((Array.Empty<RoundingLoss>(), Array.Empty<AdaptableLayer>())));
    }

    [Test]
    public void Apply_ARecurrentWeight_IsMergedWhateverItLoses()
    {
        var graph = new GraphBuilder("rnn").Input("x", TensorElementType.Float16, 4, "batch", 6)
            .Initializer(Weight("w", OnnxDataType.Float16, 1, 5, 6)).Initializer(Weight("r", OnnxDataType.Float16, 1, 5, 5));
        graph.Node("RNN", ["x", "w", "r"], ["y"], [("hidden_size", 5)]);
        OnnxModel model = graph.Output("y", TensorElementType.Float16, 4, 1, "batch", 5).Build();

        MergedModel merged = new WeightMerger(model).Apply(RandomAdapter.For(model, share: 1e-5));

        Assert.That(merged.Losses.Select(loss => (loss.Layer.Name, loss.IsBeside)), Is.EqualTo(new[] { ("r", false), ("w", false) }));
        Assert.That(merged.Lost, Is.EqualTo(merged.Losses.Sum(loss => loss.Lost)).And.GreaterThan(merged.Losses.Sum(loss => loss.Changed) / 2));
    }

    [Test]
    public void Apply_ChangesOfZero_LoseNothing()
    {
        OnnxModel model = Model(OnnxDataType.Float16);

        MergedModel merged = new WeightMerger(model, settings: new SessionSettings { MostLostToRounding = 0 }).Apply(RandomAdapter.For(model, share: 0));

        Assert.That(merged.Losses.Select(loss => (loss.Changed, loss.Lost, loss.Share, loss.IsBeside)), Is.EqualTo(new[] { (0L, 0L, 0.0, false) }));
    }

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void AShareThatIsNone_IsRefused(double share)
    {
        Assert.That(() => new ServingModel(TinyModels.Policy(), settings: new SessionSettings { MostLostToRounding = share }), Throws.TypeOf<InvalidOptionsException>());
    }

    // Nothing on the CPU multiplies bfloat16, so that weight is cast to float16, which holds all its values here.
    private static OnnxModel Model(int type)
    {
        var graph = new GraphBuilder("half").Input("x", TensorElementType.Float16, "batch", In).Initializer(Weight("w", type, In, Out));
        graph.Node("MatMul", ["x", type == OnnxDataType.Float16 ? "w" : graph.Node("Cast", ["w"], attributes: [("to", OnnxDataType.Float16)])], ["y"]);
        return graph.Output("y", TensorElementType.Float16, "batch", Out).Build();
    }

    private static Initializer Weight(string name, int type, params long[] shape)
    {
        float[] values = Numbers.Normal((int)shape.Aggregate((count, size) => count * size), 7, 0.06);
        ushort[] bits = [.. values.Select(value => type == OnnxDataType.Float16 ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];
        return GraphBuilder.Tensor(name, type, MemoryMarshal.AsBytes(bits.AsSpan()).ToArray(), shape);
    }

    private static Adapter Adapter(OnnxModel model, float[] b)
    {
        Adapter adapter = RandomAdapter.For(model);
        b.CopyTo(adapter.Targets.Single().B, 0);
        return adapter;
    }

    private static (float[] Sums, float[] Changes) Sums(OnnxModel model, Adapter adapter)
    {
        float[] w = model.Graph.Initializers["w"].ToFloats(), a = FrozenProjection.Generate("w", 0, 1, In), b = adapter.Targets[0].B;
        float[] changes = [.. w.Select((_, at) => a[at / Out] * b[at % Out])];
        return ([.. w.Zip(changes, (frozen, change) => frozen + change)], changes);
    }

    private static (long Changed, long Lost) Count(OnnxModel model, Adapter adapter)
    {
        Initializer weight = model.Graph.Initializers["w"];
        (float[] sums, float[] changes) = Sums(model, adapter);
        float[] w = weight.ToFloats();
        return (changes.Count(change => change != 0), Enumerable.Range(0, w.Length).Count(i => changes[i] != 0 && Nearest(sums[i], weight.DataType) == w[i]));
    }

    private static float Nearest(float value, int type)
    {
        if (type == OnnxDataType.Float16)
            return (float)(Half)value;
        uint below = BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000, above = below + 0x10000;
        float low = BitConverter.UInt32BitsToSingle(below), high = BitConverter.UInt32BitsToSingle(above);
        double toLow = Math.Abs((double)value - low), toHigh = Math.Abs((double)high - value);
        return toLow < toHigh || (toLow == toHigh && (below & 0x10000) == 0) ? low : high;
    }

    /// <summary>Root mean square distance from the same in double precision, on inputs along A, which the change answers to.</summary>
    private static (double Error, IReadOnlyList<RoundingLoss> Losses) Error(OnnxModel model, Adapter adapter, SessionSettings settings)
    {
        float[] a = FrozenProjection.Generate("w", 0, 1, In), w = model.Graph.Initializers["w"].ToFloats();
        Half[] x = [.. a.Select(value => (Half)(16 * value))];
        using var serving = new ServingModel(model, settings: settings);
        using MergedSession session = serving.Build(adapter);
        HostTensor y = session.Run(new Dictionary<string, HostTensor> { ["x"] = new(TensorElementType.Float16, [1, In], MemoryMarshal.AsBytes(x.AsSpan()).ToArray()) })["y"];
        ReadOnlySpan<Half> found = MemoryMarshal.Cast<byte, Half>(y.Bytes);
        double sum = 0;
        for (int o = 0; o < Out; o++)
        {
            double expected = Enumerable.Range(0, In).Sum(i => (double)x[i] * (w[(i * Out) + o] + ((double)a[i] * adapter.Targets[0].B[o])));
            sum += Math.Pow((double)found[o] - expected, 2);
        }

        return (Math.Sqrt(sum / Out), session.Losses);
    }
}
