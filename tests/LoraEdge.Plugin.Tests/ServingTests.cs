using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LoraEdge.Inference;
using LoraEdge.Onnx;
using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>The ways in which a plugin serves what its profiles have learned.</summary>
public sealed class ServingTests
{
    private static readonly ServingMode[] s_ways = [ServingMode.Merged, ServingMode.InPlace, ServingMode.Attached, ServingMode.Auto];

    [TestCaseSource(nameof(s_ways))]
    public void Train_InEveryWay_ServesTheAdapterThatIsStored(ServingMode mode)
    {
        using var host = new Host();
        byte[] learned;
        using (LoraEdgePlugin plugin = Load(host, mode, new LoraFaTrainer()))
        {
            Profile ada = plugin.OpenProfile("ada");
            byte[] before = Host.Answer(ada);
            Host.Play(ada, 60);

            Assert.That(Host.Train(plugin, ada).Error, Is.Null);

            learned = Host.Answer(ada);
            Assert.That(learned, Is.Not.EqualTo(before));
            if (mode != ServingMode.Auto)
                Assert.That(plugin.Serving.Mode, Is.EqualTo(mode));
        }

        using LoraEdgePlugin again = Load(host, mode);
        Numbers.AssertClose(Floats(Host.Answer(again.OpenProfile("ada"))), Floats(learned), 1e-5);
    }

    [Test]
    public void InferBatch_ARowForEachProfile_AnswersAsEachAlone()
    {
        using var host = new Host();
        foreach (string name in new[] { "ada", "bob" })
        {
            string path = Path.Combine(host.Storage, "profiles", name, "devices", "premade.lora");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AdapterFile.Save(RandomAdapter.For(host.Model, 0.5, seed: name[0]), path);
        }

        using LoraEdgePlugin plugin = Load(host, ServingMode.Merged);
        Profile[] profiles = [plugin.OpenProfile("ada"), plugin.OpenProfile("bob"), plugin.OpenProfile("nobody")];
        float[] x = Numbers.Normal(6 * 8, seed: 3);
        Profile[] rows = [.. Enumerable.Range(0, 6).Select(row => profiles[row % 3])];

        float[] answers = plugin.InferBatch(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 6, 8) }, rows)["logits"].AsSpan<float>().ToArray();

        for (int row = 0; row < rows.Length; row++)
        {
            float[] alone = rows[row].Infer(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x[(row * 8)..((row + 1) * 8)], 1, 8) })["logits"].AsSpan<float>().ToArray();
            Numbers.AssertClose(answers.AsSpan(row * 4, 4), alone, 1e-5);
        }

        Assert.That(plugin.ServingStatus, Is.EqualTo(new ServingStatus(1, 2, 0, 0, plugin.ServingStatus.MergedBytes)));
    }

    [Test]
    public void InferBatch_AProfileOfAnotherPlugin_IsRefused()
    {
        using Host host = new(), elsewhere = new();
        using LoraEdgePlugin plugin = Load(host, ServingMode.Attached), other = Load(elsewhere, ServingMode.Attached);
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(2 * 8, seed: 3), 2, 8) };
        Profile ada = plugin.OpenProfile("ada"), stranger = other.OpenProfile("bob");

        foreach (Profile? wrong in new[] { stranger, null })
            Assert.That(() => plugin.InferBatch(inputs, [ada, wrong!]), Throws.TypeOf<InvalidInputException>().With.Message.StartsWith("Row 1"));
        Assert.That(plugin.InferBatch(inputs, [ada, ada])["logits"].Bytes, Is.EqualTo(ada.Infer(inputs)["logits"].Bytes));
    }

    [TestCase(0.0, true)]
    [TestCase(1.0, false)]
    public void RoundingLosses_OfAHalfPrecisionModel_TellWhatTheHostAllowed(double most, bool isBeside)
    {
        var half = new GraphBuilder("half").Input("x", TensorElementType.Float32, "batch", 8)
            .Initializer(GraphBuilder.Tensor("w", OnnxDataType.Float16, [.. Numbers.Normal(8 * 4, 7).SelectMany(value => BitConverter.GetBytes((Half)value))], 8, 4));
        string product = half.Node("MatMul", [half.Node("Cast", ["x"], attributes: [("to", OnnxDataType.Float16)]), "w"]);
        half.Node("Cast", [product], ["logits"], [("to", OnnxDataType.Float)]);
        using var host = new Host(half.Output("logits", TensorElementType.Float32, "batch", 4).Build());
        string path = Path.Combine(host.Storage, "profiles", "ada", "devices", "premade.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(RandomAdapter.For(host.Model, 1e-4, seed: 1), path);

        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(host.Options() with { MostLostToRounding = most });
        Profile ada = plugin.OpenProfile("ada"), nobody = plugin.OpenProfile("nobody");

        Assert.That(ada.Adapter, Is.Not.Null);
        RoundingLoss loss = ada.RoundingLosses.Single();
        Assert.That((loss.Lost > 0, loss.IsBeside), Is.EqualTo((true, isBeside)));
        Assert.That(nobody.RoundingLosses, Is.Empty);
    }

    [Test]
    public void Load_AShareOfLossesOutOfRange_IsRefused()
    {
        using var host = new Host();

        Assert.That(() => LoraEdgePlugin.Load(host.Options() with { MostLostToRounding = 1.5 }), Throws.TypeOf<InvalidOptionsException>());
    }

    [Test]
    public void Load_ServingOptionsOutOfRange_AreRefused()
    {
        using var host = new Host();

        Assert.That(() => LoraEdgePlugin.Load(host.Options() with { Serving = new ServingOptions { RunsPerAdapter = 0 } }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => LoraEdgePlugin.Load(host.Options() with { Serving = new ServingOptions { MergedMegabytes = -1 } }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => LoraEdgePlugin.Load(host.Options() with { Serving = new ServingOptions { Mode = (ServingMode)9 } }), Throws.TypeOf<InvalidOptionsException>());
    }

    [Test]
    public void Serving_IsMeasured()
    {
        using var host = new Host();
        var measured = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, on) =>
        {
            if (instrument.Meter.Name == "LoraEdge")
                on.EnableMeasurementEvents(instrument);
        } };
        void Add(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.AddOrUpdate($"{instrument} {(tags.Length > 0 ? tags[0].Value : "")}", value, (_, sum) => sum + value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.Start();
        using LoraEdgePlugin plugin = Load(host, ServingMode.Attached, new LoraFaTrainer());
        Profile ada = plugin.OpenProfile("ada");
        Host.Play(ada, 60);
        Host.Train(plugin, ada);

        Host.Answer(ada);

        Assert.That(measured["loraedge.inference.duration Attached"], Is.Positive);
        Assert.That(measured["loraedge.serving.swaps Attached"], Is.Positive);
    }

    private static LoraEdgePlugin Load(Host host, ServingMode mode, IAdapterTrainer? trainer = null) =>
        LoraEdgePlugin.Load(host.Options(trainer) with { Serving = new ServingOptions { Mode = mode }, Training = new TrainingOptions { MaxEpochs = 20, LearningRate = 0.01 }, HeldOutShare = 0 });

    private static float[] Floats(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / sizeof(float)).Select(i => BitConverter.ToSingle(bytes, i * sizeof(float)))];
}
