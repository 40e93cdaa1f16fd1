namespace LoraEdge.Onnx.Tests;

public sealed class TensorStorageTests
{
    private static IEnumerable<TestCaseData> Forms()
    {
        yield return Form("float32", 1, 4, Packed(3.5f, -2f), Raw(3.5f, -2f));
        yield return Form("double", 11, 10, PackedDoubles(3.5, -2), [.. BitConverter.GetBytes(3.5), .. BitConverter.GetBytes(-2.0)]);
        yield return Form("int64", 7, 7, Varints(-1, 5), [.. BitConverter.GetBytes(-1L), .. BitConverter.GetBytes(5L)]);
        yield return Form("int32", 6, 5, Varints(-1, 5), [255, 255, 255, 255, 5, 0, 0, 0]);
        yield return Form("int16", 5, 5, Varints(-2, 5), [254, 255, 5, 0]);
        yield return Form("uint16", 4, 5, Varints(65534, 5), [254, 255, 5, 0]);
        yield return Form("int8", 3, 5, Varints(-2, 5), [254, 5]);
        yield return Form("uint8", 2, 5, Varints(254, 5), [254, 5]);
        yield return Form("bool", 9, 5, Varints(1, 0), [1, 0]);
        yield return Form("float16", 10, 5, Varints(0x3C00, 0xC000), [0x00, 0x3C, 0x00, 0xC0]);
        yield return Form("bfloat16", 16, 5, Varints(0x3F80, 0xC000), [0x80, 0x3F, 0x00, 0xC0]);
        yield return Form("float8", 17, 5, Varints(0x7E, 0x01), [0x7E, 0x01]);
        yield return Form("uint4", 21, 5, Varints(0x21), [0x21]);
        yield return Form("uint32", 12, 11, Varints(4294967295, 5), [255, 255, 255, 255, 5, 0, 0, 0]);
        yield return Form("uint64", 13, 11, Varints(-1, 5), [255, 255, 255, 255, 255, 255, 255, 255, 5, 0, 0, 0, 0, 0, 0, 0]);
        yield return new TestCaseData(14, 4, Packed(3.5f, -2f), Raw(3.5f, -2f), 1L).SetArgDisplayNames("complex64");
        yield return new TestCaseData(15, 10, PackedDoubles(3.5, -2), (byte[])[.. BitConverter.GetBytes(3.5), .. BitConverter.GetBytes(-2.0)], 1L).SetArgDisplayNames("complex128");
    }

    [TestCaseSource(nameof(Forms))]
    public void Data_IsTheSame_WhetherStoredTypedOrRaw(int dataType, int field, byte[] typed, byte[] raw, long count)
    {
        Initializer fromTyped = Read(HandMade.Tensor("t", dataType, count).Bytes(field, typed));
        Initializer fromRaw = Read(HandMade.Tensor("t", dataType, count).Bytes(9, raw));
        Assert.Multiple(() =>
        {
            Assert.That(fromTyped.Data.ToArray(), Is.EqualTo(raw));
            Assert.That(fromRaw.Data.ToArray(), Is.EqualTo(raw));
            Assert.That(fromTyped.Count, Is.EqualTo(count));
        });
    }

    [TestCaseSource(nameof(Forms))]
    public void Parse_RefusesOneElementMoreThanStored(int dataType, int field, byte[] typed, byte[] raw, long count)
    {
        // Two 4-bit elements share a byte, so it takes one more than that to need another.
        long more = count + (dataType == 21 ? 2 : 1);
        Assert.That(() => Read(HandMade.Tensor("t", dataType, more).Bytes(field, typed)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'t'"));
        Assert.That(() => Read(HandMade.Tensor("t", dataType, more).Bytes(9, raw)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'t'"));
    }

    [Test]
    public void Data_OfStrings_IsLengthsAndBytes()
    {
        Initializer tensor = Read(HandMade.Tensor("t", 8, 2).Text(6, "ab").Text(6, ""));
        Assert.That(tensor.Data.ToArray(), Is.EqualTo(new byte[] { 2, 0, 0, 0, (byte)'a', (byte)'b', 0, 0, 0, 0 }));
    }

    [Test]
    public void Data_OfATensorWithoutElements_IsEmpty()
    {
        Initializer tensor = Read(HandMade.Tensor("t", 1, 0, long.MaxValue, long.MaxValue));
        Assert.That(tensor.Data.Length, Is.Zero);
        Assert.That(tensor.Count, Is.Zero);
    }

    [Test]
    public void ToFloats_ConvertsEveryFloatingPointType()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Read(HandMade.Tensor("t", 1, 2).Bytes(4, Packed(3.5f, -2f))).ToFloats(), Is.EqualTo(new[] { 3.5f, -2f }));
            Assert.That(Read(HandMade.Tensor("t", 11, 2).Bytes(10, PackedDoubles(3.5, -2))).ToFloats(), Is.EqualTo(new[] { 3.5f, -2f }));
            Assert.That(Read(HandMade.Tensor("t", 10, 2).Bytes(5, Varints(0x3C00, 0xC000))).ToFloats(), Is.EqualTo(new[] { 1f, -2f }));
            Assert.That(Read(HandMade.Tensor("t", 16, 2).Bytes(5, Varints(0x3F80, 0xC000))).ToFloats(), Is.EqualTo(new[] { 1f, -2f }));
            Assert.That(() => Read(HandMade.Tensor("t", 7, 1).Bytes(7, 1)).ToFloats(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("int64"));
        });
    }

    [Test]
    public void Parse_OfATensorFile_ReadsTheConformanceCases()
    {
        string folder = DataFolder.Require("onnx-node/test_abs/test_data_set_0");
        Initializer input = Initializer.Parse(File.ReadAllBytes(Path.Combine(folder, "input_0.pb")), "input_0.pb");
        Initializer output = Initializer.Parse(File.ReadAllBytes(Path.Combine(folder, "output_0.pb")), "output_0.pb");
        Assert.That(output.ToFloats(), Is.EqualTo(input.ToFloats().Select(Math.Abs)));
    }

    private static Initializer Read(Wire tensor) => HandMade.Parse(HandMade.Model(new Wire().Message(5, tensor))).Graph.Initializers["t"];

    private static TestCaseData Form(string name, int dataType, int field, byte[] typed, byte[] raw) =>
        new TestCaseData(dataType, field, typed, raw, 2L).SetArgDisplayNames(name);

    private static byte[] Raw(params float[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();

    private static byte[] Packed(params float[] values) => Raw(values);

    private static byte[] PackedDoubles(params double[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();

    private static byte[] Varints(params long[] values) => values.Aggregate(new Wire(), (wire, value) => wire.Number((ulong)value)).ToArray();
}
