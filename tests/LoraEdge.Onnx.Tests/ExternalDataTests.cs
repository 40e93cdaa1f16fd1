namespace LoraEdge.Onnx.Tests;

public sealed class ExternalDataTests
{
    private static readonly float[] Weights = [1, 2, 3, 4, 5, 6];
    private string _root = "";
    private string _folder = "";

    [SetUp]
    public void CreateFolders()
    {
        _root = Directory.CreateTempSubdirectory("loraedge-onnx-").FullName;
        _folder = Path.Combine(_root, "model");
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
    }

    [TearDown]
    public void DeleteFolders() => Directory.Delete(_root, recursive: true);

    [TestCase("weights.bin")]
    [TestCase("sub/weights.bin")]
    [TestCase("./weights.bin")]
    public void Load_ReadsDataBesideTheModel(string location)
    {
        Write(location, [9, 9, 9, 9, .. Raw(Weights), 7]);
        OnnxModel model = LoadLinear(("location", location), ("offset", "4"), ("length", "24"));
        Assert.That(model.Graph.Initializers["W"].ToFloats(), Is.EqualTo(Weights));
    }

    [Test]
    public void Load_WithoutOffsetAndLength_ReadsFromTheStart()
    {
        Write("weights.bin", Raw(Weights));
        Assert.That(LoadLinear(("location", "weights.bin")).Graph.Initializers["W"].ToFloats(), Is.EqualTo(Weights));
    }

    [Test]
    public void Model_WithExternalData_HasTheSameFingerprintAndIsWrittenInline()
    {
        Write("weights.bin", Raw(Weights));
        OnnxModel external = LoadLinear(("location", "weights.bin"));
        OnnxModel inline = HandMade.Parse(HandMade.Model(HandMade.LinearGraph()));
        OnnxModel written = OnnxModel.Parse(external.ToBytes(), "written");
        Assert.Multiple(() =>
        {
            Assert.That(external.Fingerprint, Is.EqualTo(inline.Fingerprint));
            Assert.That(written.Fingerprint, Is.EqualTo(inline.Fingerprint));
            Assert.That(written.Graph.Initializers["W"].Proto.ExternalData, Is.Empty);
        });
    }

    [Test]
    public void Load_ReadsDataOfAttributesToo()
    {
        Write("weights.bin", Raw(2.5f));
        Wire value = External(HandMade.Tensor("", 1), ("location", "weights.bin"));
        Wire constant = HandMade.Node("Constant", [], ["y"], new Wire().Text(1, "value").Message(5, value).Varint(20, 4));
        OnnxModel model = Load(new Wire().Message(1, constant).Message(12, HandMade.Value("y", 1)));
        Assert.That(model.Graph.Nodes[0].GetTensor("value")!.ToFloats(), Is.EqualTo(new[] { 2.5f }));
    }

    [TestCase("../outside.bin")]
    [TestCase("sub/../../outside.bin")]
    [TestCase("..\\outside.bin")]
    [TestCase("sub\\..\\..\\outside.bin")]
    [TestCase("sub/.. /outside.bin")]
    [TestCase("/etc/hostname")]
    [TestCase("//server/share/file")]
    [TestCase("\\\\server\\share\\file")]
    [TestCase("C:\\Windows\\win.ini")]
    [TestCase("C:file")]
    [TestCase("weights.bin:stream")]
    [TestCase("weights.bin\0.txt")]
    [TestCase("")]
    [TestCase("..")]
    [TestCase("...")]
    [TestCase("sub//weights.bin")]
    public void Load_RefusesALocationOutsideOfTheFolder(string location)
    {
        File.WriteAllBytes(Path.Combine(_root, "outside.bin"), Raw(Weights));
        Write("weights.bin", Raw(Weights));
        Assert.That(() => LoadLinear(("location", location)), Refusal("plain path below the model's folder"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Load_RefusesLinks(bool folderIsTheLink)
    {
        File.WriteAllBytes(Path.Combine(_root, "outside.bin"), Raw(Weights));
        if (folderIsTheLink)
            Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), _root);
        else
            File.CreateSymbolicLink(Path.Combine(_folder, "link"), Path.Combine(_root, "outside.bin"));
        Assert.That(() => LoadLinear(("location", folderIsTheLink ? "link/outside.bin" : "link")), Refusal("link"));
    }

    [TestCase("offset", "4", "from offset 4")]
    [TestCase("offset", "9223372036854775807", "from offset 9223372036854775807")]
    [TestCase("offset", "-4", "offset '-4'")]
    [TestCase("offset", "four", "offset 'four'")]
    [TestCase("offset", "99999999999999999999", "offset '99999999999999999999'")]
    [TestCase("length", "20", "refers to 20 bytes")]
    [TestCase("length", "9223372036854775807", "refers to 9223372036854775807 bytes")]
    public void Load_RefusesARegionThatTheFileDoesNotHave(string key, string value, string complaint)
    {
        Write("weights.bin", Raw(Weights));
        Assert.That(() => LoadLinear(("location", "weights.bin"), (key, value)), Refusal(complaint));
    }

    [Test]
    public void Load_RefusesAMissingFile() =>
        Assert.That(() => LoadLinear(("location", "absent.bin")), Refusal("absent.bin").And.Message.Contains("does not exist"));

    [Test]
    public void Load_RefusesAFolderInPlaceOfAFile() => Assert.That(() => LoadLinear(("location", "sub")), Refusal("sub"));

    [Test]
    public void Load_RefusesDataWithoutALocation() => Assert.That(() => LoadLinear(), Refusal("without saying in which"));

    [Test]
    public void Load_RefusesASmallFileForAnEnormousShape()
    {
        Write("weights.bin", Raw(Weights));
        Wire tensor = External(HandMade.Tensor("W", 1, 2, 200_000_000), ("location", "weights.bin"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Load(new Wire().Message(5, tensor)), Refusal("1600000000 bytes"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void Load_SharesOneRegionAndRefusesOverlappingOnes()
    {
        Write("weights.bin", Raw(Weights));
        Wire Tensor(int index, int offset) => External(HandMade.Tensor($"t{index}", 1, 5), ("location", "weights.bin"), ("offset", $"{offset}"));
        OnnxModel shared = Load(new Wire().Message(5, Tensor(0, 0)).Message(5, Tensor(1, 0)).Message(5, Tensor(2, 0)));
        Assert.That(shared.Graph.Initializers["t2"].ToFloats(), Is.EqualTo(Weights[..5]));
        Assert.That(() => Load(new Wire().Message(5, Tensor(0, 0)).Message(5, Tensor(1, 4))), Refusal("overlapping"));
    }

    [Test]
    public void Parse_WithoutAFolder_RefusesExternalData()
    {
        Wire graph = new Wire().Message(5, External(HandMade.Tensor("W", 1, 2, 3), ("location", "weights.bin")));
        Assert.That(() => HandMade.Parse(HandMade.Model(graph)), Refusal("not loaded from a folder"));
    }

    [Test]
    public void Load_RefusesAnUnknownDataLocation()
    {
        Wire graph = new Wire().Message(5, HandMade.Tensor("W", [1], 1).Varint(14, 2));
        Assert.That(() => Load(graph), Refusal("data location 2"));
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refusal(string text) =>
        Throws.TypeOf<ModelFormatException>().With.Message.Contains("model").And.Message.Contains(text);

    private OnnxModel LoadLinear(params (string Key, string Value)[] data)
    {
        Wire graph = new Wire()
            .Message(1, HandMade.Node("MatMul", ["x", "W"], ["y"]))
            .Message(5, External(HandMade.Tensor("W", 1, 2, 3), data))
            .Message(11, HandMade.Value("x", 1, "batch", 2))
            .Message(12, HandMade.Value("y", 1, "batch", 3));
        return Load(graph);
    }

    private OnnxModel Load(Wire graph)
    {
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, HandMade.Model(graph).ToArray());
        return OnnxModel.Load(path);
    }

    private static Wire External(Wire tensor, params (string Key, string Value)[] data)
    {
        foreach ((string key, string value) in data)
            tensor.Message(13, new Wire().Text(1, key).Text(2, value));
        return tensor.Varint(14, 1);
    }

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, name), bytes);

    private static byte[] Raw(params float[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();
}
