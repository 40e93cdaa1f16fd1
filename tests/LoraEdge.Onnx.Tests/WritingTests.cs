using Google.Protobuf;

namespace LoraEdge.Onnx.Tests;

public sealed class WritingTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("loraedge-onnx-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ToBytes_OfAModelReadFromBytes_GivesTheSameBytes()
    {
        byte[] bytes = SmallModels.Conditional().ToBytes();
        Assert.That(OnnxModel.Parse(bytes, "model").ToBytes(), Is.EqualTo(bytes));
    }

    [Test]
    public void ToBytes_KeepsFieldsThatTheSchemaDoesNotKnow()
    {
        Wire Later() => new Wire().Text(1000, "later").Varint(1001, 7);
        Wire node = HandMade.Node("Neg", ["x"], ["y"]).Message(1002, Later());
        Wire tensor = HandMade.Tensor("t", [1], 1).Message(16, new Wire().Text(1, "k").Text(2, "v"));
        byte[] bytes = HandMade.Model(new Wire().Message(1, node).Message(5, tensor).Message(11, HandMade.Value("x", 1)).Message(1000, Later())).Message(1000, Later()).ToArray();
        Assert.That(OnnxModel.Parse(bytes, "model").ToBytes(), Is.EqualTo(bytes));
        OnnxModel replaced = OnnxModel.Parse(bytes, "model").WithInitializers(new Dictionary<string, float[]> { ["t"] = [1] });
        Assert.That(replaced.ToBytes(), Is.EqualTo(bytes));
    }

    [Test]
    public void Save_WritesWhatLoadReads()
    {
        OnnxModel model = SmallModels.Everything();
        string path = Path.Combine(_folder, "model.onnx");
        model.Save(path);
        OnnxModel loaded = OnnxModel.Load(path);
        Assert.That(loaded.Name, Is.EqualTo("model.onnx"));
        Assert.That(loaded.Fingerprint, Is.EqualTo(model.Fingerprint));
    }

    [Test]
    public void Save_OverAFile_ReplacesItAndLeavesNothingElse()
    {
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllText(path, "an older file that is longer than nothing");
        SmallModels.Everything().Save(path);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(SmallModels.Everything().ToBytes()));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void Save_ThatFails_LeavesNothing()
    {
        string path = Path.Combine(_folder, "occupied");
        Directory.CreateDirectory(path);
        Assert.That(() => SmallModels.Everything().Save(path), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void WithInitializers_ChangesTheGivenValuesAndNothingElse()
    {
        OnnxModel model = SmallModels.Everything();
        byte[] before = model.ToBytes();
        float[] values = SmallModels.Ramp(12, -1f);
        OnnxModel changed = model.WithInitializers(new Dictionary<string, float[]> { ["w1"] = values });
        values[0] = 99;

        byte[] expected = SmallModels.ChangedBytes(model, proto => proto.Tensor("w1").RawData = ByteString.CopyFrom(SmallModels.Ramp(12, -1f).SelectMany(BitConverter.GetBytes).ToArray()));
        Assert.Multiple(() =>
        {
            Assert.That(changed.ToBytes(), Is.EqualTo(expected));
            Assert.That(changed.Graph.Initializers["w1"].ToFloats(), Is.EqualTo(SmallModels.Ramp(12, -1f)));
            Assert.That(changed.Graph.Initializers["w2"], Is.SameAs(model.Graph.Initializers["w2"]));
            Assert.That(changed.Graph.Nodes, Is.SameAs(model.Graph.Nodes));
            Assert.That(model.ToBytes(), Is.EqualTo(before));
            Assert.That(model.ToBytes(new Dictionary<string, float[]> { ["w1"] = SmallModels.Ramp(12, -1f) }), Is.EqualTo(expected));
        });
    }

    [Test]
    public void WithInitializers_RoundsOnceToTheStoredType()
    {
        float[] values = [1f + (1f / 2048), 70000f];
        OnnxModel half = new GraphBuilder("half").Initializer(GraphBuilder.Tensor("t", OnnxDataType.Float16, new byte[4], 2)).Build();
        OnnxModel brain = new GraphBuilder("brain").Initializer(GraphBuilder.Tensor("t", OnnxDataType.BFloat16, new byte[4], 2)).Build();
        var replaced = new Dictionary<string, float[]> { ["t"] = values };
        Assert.Multiple(() =>
        {
            Assert.That(half.WithInitializers(replaced).Graph.Initializers["t"].ToFloats(), Is.EqualTo(values.Select(value => (float)(Half)value)));
            Assert.That(brain.WithInitializers(replaced).Graph.Initializers["t"].ToFloats(), Is.EqualTo(new[] { 1f, 70144f }));
            Assert.That(half.WithInitializers(replaced).Graph.Initializers["t"].DataType, Is.EqualTo(OnnxDataType.Float16));
        });
    }

    [Test]
    public void WithInitializers_ReplacesTypedStorage()
    {
        OnnxModel model = HandMade.Parse(HandMade.Model(new Wire().Message(5, HandMade.Tensor("t", 10, 2).Bytes(5, 1, 2))));
        OnnxModel changed = OnnxModel.Parse(model.ToBytes(new Dictionary<string, float[]> { ["t"] = [1, -2] }), "changed");
        Assert.That(changed.Graph.Initializers["t"].ToFloats(), Is.EqualTo(new[] { 1f, -2f }));
    }

    [TestCase("absent", 1, "'absent'")]
    [TestCase("w1", 11, "12 elements, but 11")]
    [TestCase("unused", 2, "int64")]
    public void WithInitializers_RefusesWhatDoesNotFit(string name, int count, string complaint) => Assert.That(
        () => SmallModels.Everything().WithInitializers(new Dictionary<string, float[]> { [name] = new float[count] }),
        Throws.ArgumentException.With.Message.Contains(complaint).And.Message.Contains("everything"));

    [Test]
    public void WithInitializers_CopiesOnlyWhatItReplaces()
    {
        OnnxModel model = new GraphBuilder("large").Initializer("large", new float[4_000_000], 4_000_000).Initializer("small", [1f], 1).Build();
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxModel changed = model.WithInitializers(new Dictionary<string, float[]> { ["small"] = [2f] });
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100_000));
        Assert.That(changed.Graph.Initializers["small"].ToFloats(), Is.EqualTo(new[] { 2f }));
    }

    [Test]
    public void ToBytes_OfMoreThanTwoGigabytes_IsRefusedBeforeAnythingIsAllocated()
    {
        // 40 tensors that share one region of 64 MB: 64 MB in memory, 2.5 GB in one file.
        using (FileStream weights = File.Create(Path.Combine(_folder, "weights.bin")))
            weights.SetLength(1 << 26);
        var graph = new Wire();
        for (int i = 0; i < 40; i++)
            graph.Message(5, HandMade.Tensor($"t{i}", 1, 1 << 24).Message(13, new Wire().Text(1, "location").Text(2, "weights.bin")).Varint(14, 1));
        OnnxModel model = OnnxModel.Parse(HandMade.Model(graph).ToArray(), "huge.onnx", _folder);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => model.ToBytes(), Throws.TypeOf<ModelFormatException>().With.Message.Contains("huge.onnx").And.Message.Contains("2 GB"));
        Assert.That(() => model.Save(Path.Combine(_folder, "out.onnx")), Throws.TypeOf<ModelFormatException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
        Assert.That(File.Exists(Path.Combine(_folder, "out.onnx")), Is.False);
    }
}
