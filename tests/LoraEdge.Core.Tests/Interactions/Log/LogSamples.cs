namespace LoraEdge.Tests.Interactions.Log;

/// <summary>Records and logs that the tests of this folder share.</summary>
internal static class LogSamples
{
    public const string Folder = "/log";

    public static readonly string[] Inputs = ["board", "clock"];

    public static readonly EncryptionKey Key = new(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    public static readonly EncryptionKey OtherKey = new(Enumerable.Range(2, 32).Select(i => (byte)i).ToArray());

    /// <summary>A log in memory whose writer is the test, by <see cref="InteractionLog.Turn"/>.</summary>
    public static InteractionLog Open(IFileSystem files, InteractionLogOptions? options = null, IHostClock? clock = null, string[]? inputs = null) =>
        InteractionLog.Open(Folder, inputs ?? Inputs, options, files, clock ?? new FakeClock(), writes: false);

    /// <summary>A small record that its number tells from all others.</summary>
    public static Interaction Record(int number, int floats = 4) => new(
        new Dictionary<string, HostTensor>
        {
            ["board"] = HostTensor.From(Enumerable.Range(0, floats).Select(i => number + (i / 8f)).ToArray(), 1, floats),
            ["clock"] = HostTensor.From([(long)number], 1, 1),
        },
        Target.Class(number % 7, [number % 7, 7, 300]), number / 4f);

    /// <summary>A record as an entry holds it.</summary>
    public static byte[] Encoded(Interaction record, long number, DateTimeOffset time, params string[] inputs)
    {
        var buffer = new GrowingBuffer(256);
        LogEntry.WriteRecord(buffer, number, new RecordEncoder(inputs).Encode(time, record));
        return buffer.ToArray();
    }

    public static int NumberOf(Interaction record) => (int)record.Inputs["clock"].AsSpan<long>()[0];

    public static void Append(InteractionLog log, int from, int to)
    {
        for (int number = from; number <= to; number++)
            Assert.That(log.Append(Record(number)), Is.True);
    }

    public static int[] Numbers(InteractionLog log) => [.. log.Read().Select(record => NumberOf(record.Interaction))];

    public static long[] Sequences(InteractionLog log) => [.. log.Read().Select(record => record.Sequence)];

    public static List<LogReport> Reports(InteractionLog log)
    {
        var reports = new List<LogReport>();
        while (log.TryTakeReport(out LogReport? report))
            reports.Add(report);
        return reports;
    }

    public static byte[] Content(IFileSystem files, string path)
    {
        using Stream stream = files.OpenRead(path);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>A file system that holds copies of the files of a log, one of them replaced.</summary>
    public static MemoryFileSystem Copy(IFileSystem files, string? replaced = null, byte[]? content = null)
    {
        var copy = new MemoryFileSystem();
        foreach (string path in files.Files(Folder))
        {
            using IFileWriter writer = copy.Create(path);
            writer.Write(path == replaced ? content : Content(files, path));
        }

        return copy;
    }

    public static void AreSame(Interaction actual, Interaction expected)
    {
        Assert.That(actual.Inputs.Keys, Is.EquivalentTo(expected.Inputs.Keys));
        foreach ((string name, HostTensor tensor) in expected.Inputs)
        {
            Assert.That(actual.Inputs[name].ElementType, Is.EqualTo(tensor.ElementType));
            Assert.That(actual.Inputs[name].Shape, Is.EqualTo(tensor.Shape));
            Assert.That(actual.Inputs[name].Bytes, Is.EqualTo(tensor.Bytes));
        }

        Assert.That(actual.Target.Classes, Is.EqualTo(expected.Target.Classes));
        Assert.That(actual.Target.Values, Is.EqualTo(expected.Target.Values));
        Assert.That(actual.Target.AllowedClasses, Is.EqualTo(expected.Target.AllowedClasses));
        Assert.That(actual.Weight, Is.EqualTo(expected.Weight));
        Assert.That(actual.StartsEpisode, Is.EqualTo(expected.StartsEpisode));
        Assert.That(actual.Steps, Has.Count.EqualTo(expected.Steps.Count));
        for (int i = 0; i < expected.Steps.Count; i++)
            AreSame(actual.Steps[i], expected.Steps[i]);
    }
}
