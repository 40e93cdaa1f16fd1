using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx.Tests;

public sealed class FingerprintTests
{
    private static IEnumerable<TestCaseData> Immaterial()
    {
        yield return Edit("node names", model => model.Graph.Node.ToList().ForEach(node => node.Name += "_renamed"));
        yield return Edit("node order", model => Reverse(model.Graph.Node));
        yield return Edit("initializer order", model => Reverse(model.Graph.Initializer));
        yield return Edit("attribute order", model => model.Graph.Node.ToList().ForEach(node => Reverse(node.Attribute)));
        yield return Edit("documentation", Document);
        yield return Edit("producer", model => model.ProducerName = model.ProducerVersion = "another");
        yield return Edit("metadata", model => model.MetadataProps.Add(new StringStringEntryProto { Key = "author", Value = "nobody" }));
        yield return Edit("graph name", model => model.Graph.Name = "another");
        yield return Edit("declared shapes", model => model.Graph.ValueInfo.Add(new ValueInfoProto { Name = "h1" }));
        yield return Edit("symbols", model => model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "N");
        yield return Edit("typed storage", StoreTyped);
        yield return Edit("spelling of the domain", model => model.OpsetImport[0].Domain = "ai.onnx");
        yield return Edit("an omitted input at the end", model => model.Node("Gemm").Input.Add(""));
        yield return Edit("a node that no output needs", model => model.Node("Transpose").OpType = "Neg");
        yield return Edit("removing it", model => model.Graph.Node.Remove(model.Node("Transpose")));
        yield return Edit("a function that nothing calls", model => model.Functions.Add(new FunctionProto { Name = "f", Domain = "d" }));
        yield return Edit("attribute type left to the field", model => model.Node("Gemm").Attribute.ToList().ForEach(attribute => attribute.ClearType()));
        yield return Edit("file format version", model => model.IrVersion = 9);
        yield return Edit("unknown fields", model => model.MergeFrom(new Wire().Text(1000, "later").ToArray()));
    }

    private static IEnumerable<TestCaseData> Material()
    {
        yield return Edit("operator", model => model.Node("Add").OpType = "Sub");
        yield return Edit("opset version", model => model.OpsetImport[0].Version = 18);
        yield return Edit("float attribute", model => model.Node("LayerNormalization").Attribute.Single(a => a.Name == "epsilon").F = 1e-6f);
        yield return Edit("int attribute", model => model.Node("Gemm").Attribute.Single(a => a.Name == "transB").I = 0);
        yield return Edit("attribute removed", model => model.Node("Gemm").Attribute.Clear());
        yield return Edit("attribute renamed", model => model.Node("Gemm").Attribute[0].Name = "beta");
        yield return Edit("attribute type", model => { model.Node("Gemm").Attribute[0].Type = 1; });
        yield return Edit("tensor attribute", model => model.Node("Constant").Attribute[0].T.RawData = ByteString.CopyFrom(BitConverter.GetBytes(2.5f)));
        yield return Edit("input order", model => Reverse(model.Node("Add").Input));
        yield return Edit("omitted input moved", model => Reverse(model.Node("Clip").Input, from: 1));
        yield return Edit("initializer shape", model => Reverse(model.Tensor("w1").Dims));
        yield return Edit("initializer type", model => model.Tensor("half").DataType = OnnxDataType.BFloat16);
        yield return Edit("unused initializer", model => model.Tensor("unused").RawData = ByteString.CopyFrom(new byte[16]));
        yield return Edit("initializer added", model => model.Graph.Initializer.Add(new TensorProto { Name = "more", DataType = 1, Dims = { 0 } }));
        yield return Edit("initializers exchanged", model => (model.Tensor("b1").Name, model.Tensor("norm.scale").Name) = ("norm.scale", "b1"));
        yield return Edit("output added", model => model.Graph.Output.Add(new ValueInfoProto { Name = "dead" }));
        yield return Edit("node's domain", model =>
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "custom", Version = 17 });
            model.Node("Add").Domain = "custom";
        });
    }

    [TestCaseSource(nameof(Immaterial))]
    public void Fingerprint_StaysTheSame_When(Delegate edit)
    {
        OnnxModel model = SmallModels.Everything();
        Assert.That(SmallModels.Changed(model, (Action<ModelProto>)edit).Fingerprint, Is.EqualTo(model.Fingerprint));
    }

    [TestCaseSource(nameof(Material))]
    public void Fingerprint_Changes_When(Delegate edit)
    {
        OnnxModel model = SmallModels.Everything();
        Assert.That(SmallModels.Changed(model, (Action<ModelProto>)edit).Fingerprint, Is.Not.EqualTo(model.Fingerprint));
    }

    [Test]
    public void Fingerprint_Changes_WithEveryBitOfEveryInitializer()
    {
        OnnxModel model = SmallModels.Everything();
        var seen = new HashSet<ModelFingerprint> { model.Fingerprint };
        foreach (string name in model.Graph.InitializerNames)
        {
            for (int bit = 0; bit < model.Graph.Initializers[name].Data.Length * 8; bit++)
            {
                OnnxModel flipped = SmallModels.Changed(model, proto => proto.Tensor(name).RawData = Flip(proto.Tensor(name).RawData, bit));
                Assert.That(seen.Add(flipped.Fingerprint), Is.True, $"bit {bit} of {name}");
            }
        }
    }

    [Test]
    public void Fingerprint_LooksIntoSubgraphs()
    {
        OnnxModel model = SmallModels.Conditional();
        ModelFingerprint named = SmallModels.Changed(model, proto => Then(proto).Node[0].Name = "renamed").Fingerprint;
        ModelFingerprint operation = SmallModels.Changed(model, proto => Then(proto).Node[0].OpType = "Sub").Fingerprint;
        ModelFingerprint tensor = SmallModels.Changed(model, proto => Then(proto).Initializer[0].FloatData[0] = 0.5f).Fingerprint;
        Assert.Multiple(() =>
        {
            Assert.That(named, Is.EqualTo(model.Fingerprint));
            Assert.That(operation, Is.Not.EqualTo(model.Fingerprint));
            Assert.That(tensor, Is.Not.EqualTo(model.Fingerprint));
        });
    }

    [Test]
    public void Fingerprint_OfAModelWithOtherWeights_IsAnother()
    {
        OnnxModel model = SmallModels.Everything();
        float[] values = model.Graph.Initializers["w1"].ToFloats();
        ModelFingerprint same = model.WithInitializers(new Dictionary<string, float[]> { ["w1"] = values }).Fingerprint;
        values[3] += 1e-3f;
        ModelFingerprint other = model.WithInitializers(new Dictionary<string, float[]> { ["w1"] = values }).Fingerprint;
        Assert.That(same, Is.EqualTo(model.Fingerprint));
        Assert.That(other, Is.Not.EqualTo(model.Fingerprint));
    }

    private static GraphProto Then(ModelProto model) => model.Node("If").Attribute[0].G;

    private static TestCaseData Edit(string what, Action<ModelProto> edit) => new TestCaseData((Delegate)edit).SetArgDisplayNames(what);

    private static void Reverse<T>(IList<T> items, int from = 0)
    {
        for (int left = from, right = items.Count - 1; left < right; left++, right--)
            (items[left], items[right]) = (items[right], items[left]);
    }

    private static void Document(ModelProto model)
    {
        model.DocString = model.Graph.DocString = "text";
        model.Graph.Node.ToList().ForEach(node => node.DocString = "text");
        model.Graph.Node.SelectMany(node => node.Attribute).ToList().ForEach(attribute => attribute.DocString = "text");
        model.Graph.Initializer.ToList().ForEach(tensor => tensor.DocString = "text");
    }

    private static void StoreTyped(ModelProto model)
    {
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            ReadOnlySpan<byte> raw = tensor.RawData.Span;
            for (int at = 0; tensor.DataType == OnnxDataType.Float && at < raw.Length; at += 4)
                tensor.FloatData.Add(BitConverter.ToSingle(raw[at..]));
            for (int at = 0; tensor.DataType == OnnxDataType.Int64 && at < raw.Length; at += 8)
                tensor.Int64Data.Add(BitConverter.ToInt64(raw[at..]));
            for (int at = 0; tensor.DataType == OnnxDataType.Float16 && at < raw.Length; at += 2)
                tensor.Int32Data.Add(BitConverter.ToUInt16(raw[at..]));
            tensor.ClearRawData();
        }
    }

    private static ByteString Flip(ByteString bytes, int bit)
    {
        byte[] copy = bytes.ToByteArray();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return ByteString.CopyFrom(copy);
    }
}
