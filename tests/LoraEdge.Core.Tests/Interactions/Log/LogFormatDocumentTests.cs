namespace LoraEdge.Tests.Interactions.Log;

/// <summary>The segment printed in docs/log-format.md, whose bytes were made by another program, is the one that is written.</summary>
public sealed class LogFormatDocumentTests
{
    private static readonly FormatDocument Document = new("log-format.md");

    private static readonly Interaction Record = new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([0.5f, -1f], 1, 2) }, Target.Class(3));

    [Test]
    public void TheSegmentOfTheDocument_CanBeRead()
    {
        var files = new MemoryFileSystem();
        using (IFileWriter writer = files.Create(LogSamples.Folder + "/records-0000000001.log"))
            writer.Write(Document.Bytes("segment"));

        using InteractionLog log = LogSamples.Open(files, inputs: ["x"]);

        LoggedInteraction read = log.Read().Single();
        LogSamples.AreSame(read.Interaction, Record);
        Assert.That(read.Sequence, Is.EqualTo(1));
        Assert.That(read.Time, Is.EqualTo(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(log.LastSequence, Is.EqualTo(2));
        Assert.That(LogSamples.Reports(log), Is.Empty);
    }

    [Test]
    public void TheSegmentOfTheDocument_IsWhatIsWritten()
    {
        LogHeader header = LogHeader.Read(Document.Bytes("segment"), LogFileKind.Segment, null, "docs");
        var files = new MemoryFileSystem();
        string path = Path.GetFullPath("segment");
        ActiveSegment segment = ActiveSegment.Begin(files, new Segment(path, 1), header);
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        segment.Append(LogSamples.Encoded(Record, 1, time, "x"), 1, time);
        segment.Append(LogSamples.Encoded(Record, 2, time, "x"), 2, time);
        segment.RemoveLast(2);
        segment.Close();

        Assert.That(FormatDocument.HexDump(LogSamples.Content(files, path)), Is.EqualTo(Document.Printed("segment")));
    }
}
