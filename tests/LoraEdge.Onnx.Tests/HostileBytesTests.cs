namespace LoraEdge.Onnx.Tests;

/// <summary>Damaged files give a model or a <see cref="ModelFormatException"/>, and never more memory than their size justifies.</summary>
public sealed class HostileBytesTests
{
    private const long MaxBytesAllocated = 4_000_000;
    private int _accepted;

    [Test]
    public void Parse_OfEveryTruncation_GivesAModelOrTheTypedError()
    {
        byte[] bytes = SmallModels.Conditional().ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Exercise(bytes[..length], $"truncated to {length} bytes");
        Assert.That(_accepted, Is.LessThan(bytes.Length / 10), "nearly every truncation must be noticed");
    }

    [Test]
    public void Parse_Of2000Mutations_GivesAModelOrTheTypedError()
    {
        byte[] bytes = SmallModels.Conditional().ToBytes();
        var random = new Random(20240601);
        for (int round = 0; round < 2000; round++)
            Exercise(Mutate(bytes, random), $"mutation {round}");
        Assert.That(_accepted, Is.InRange(100, 1900), "mutations must reach both outcomes");
    }

    [Test]
    public void Parse_Of2000MutationsOfAModelWithFunctions_GivesAModelOrTheTypedError()
    {
        byte[] bytes = SmallModels.WithFunctions().ToBytes();
        var random = new Random(20240602);
        for (int round = 0; round < 2000; round++)
            Exercise(Mutate(bytes, random), $"mutation {round}");
        Assert.That(_accepted, Is.InRange(20, 1900), "mutations must reach both outcomes");
    }

    [Test]
    public void Parse_OfEveryByteSetToItsExtremes_GivesAModelOrTheTypedError()
    {
        byte[] bytes = SmallModels.Everything().ToBytes();
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x7F, 0x80, 0xFF])
            {
                byte[] changed = [.. bytes];
                changed[at] = value;
                Exercise(changed, $"byte {at} set to {value}");
            }
        }
    }

    [Test]
    public void Parse_OfRandomBytes_GivesTheTypedError()
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            Exercise(bytes, $"random bytes {round}");
        }

        Assert.That(_accepted, Is.Zero);
    }

    [TestCase(0x0A, TestName = "Parse_OfAFileOfEmptyNodes_IsRefusedBeforeItIsParsed")]
    [TestCase(0x2A, TestName = "Parse_OfAFileOfEmptyTensors_IsRefusedBeforeItIsParsed")]
    [TestCase(0x7A + 0x80, TestName = "Parse_OfAFileOfUnknownFields_IsRefusedBeforeItIsParsed")]
    public void Parse_OfAFileOfEmptyParts_IsRefusedBeforeItIsParsed(int tag)
    {
        byte[] tagBytes = new Wire().Number((ulong)tag).Number(0).ToArray();
        byte[] graph = [.. Enumerable.Repeat(tagBytes, WireLimit.MaxParts + 1).SelectMany(part => part)];
        byte[] bytes = new Wire().Bytes(7, graph).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => OnnxModel.Parse(bytes, "parts.onnx"), Throws.TypeOf<ModelFormatException>().With.Message.Contains("parts.onnx").And.Message.Contains("4000000"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(MaxBytesAllocated));
    }

    [SetUp]
    public void CountFromZero() => _accepted = 0;

    private void Exercise(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            OnnxModel model = OnnxModel.Parse(bytes, "damaged.onnx");
            _accepted++;
            Use(model);
        }
        catch (ModelFormatException)
        {
            // What a damaged file is supposed to give.
        }
        catch (Exception exception)
        {
            Assert.Fail($"{what}: {exception}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > MaxBytesAllocated)
            Assert.Fail($"{what}: {allocated} bytes were allocated for a file of {bytes.Length}");
    }

    // Accepted once, a model keeps its promises: everything the library offers works on it.
    private static void Use(OnnxModel model)
    {
        foreach (Initializer initializer in model.Graph.Initializers.Values)
            _ = initializer.Data.Length;
        ModelFingerprint fingerprint = model.Fingerprint;
        OnnxModel again = OnnxModel.Parse(model.ToBytes(), "again.onnx");
        Assert.That(again.Fingerprint, Is.EqualTo(fingerprint));
        AdaptableLayers.Find(model.Graph);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at - 1)); break;
                default: bytes.InsertRange(at, original.AsSpan(random.Next(original.Length - 32), random.Next(1, 32)).ToArray()); break;
            }
        }

        return [.. bytes];
    }
}
