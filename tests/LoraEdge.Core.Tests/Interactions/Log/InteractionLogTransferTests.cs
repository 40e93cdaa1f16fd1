namespace LoraEdge.Tests.Interactions.Log;

/// <summary>A log goes to another place, and away.</summary>
public sealed class InteractionLogTransferTests
{
    private static readonly InteractionLogOptions Small = new() { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 5 };

    [Test]
    public void AnExport_ComesBackInAnotherLog([Values] bool encrypted)
    {
        EncryptionKey? key = encrypted ? LogSamples.OtherKey : null;
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { SegmentBytes = 4096, Key = LogSamples.Key });
        using InteractionLog other = LogSamples.Open(new MemoryFileSystem());
        LogSamples.Append(log, 1, 50);
        log.Remove([7]);
        LogSamples.Append(other, 100, 101);
        using var stream = new MemoryStream();

        Assert.That(log.Export(stream, key), Is.EqualTo(49));
        stream.Position = 0;
        Assert.That(other.Import(stream, key), Is.EqualTo(49));

        Assert.That(LogSamples.Numbers(other), Is.EqualTo(new[] { 100, 101 }.Concat(Enumerable.Range(1, 50).Where(number => number != 7))));
        Assert.That(LogSamples.Sequences(other), Is.EqualTo(Enumerable.Range(1, 51)));
        Assert.That(other.LastSequence, Is.EqualTo(51));
        Assert.That(other.Count, Is.EqualTo(51));
        LoggedInteraction[] originals = [.. log.Read()], copies = [.. other.Read().Skip(2)];
        for (int i = 0; i < originals.Length; i++)
        {
            LogSamples.AreSame(copies[i].Interaction, originals[i].Interaction);
            Assert.That(copies[i].Time, Is.EqualTo(originals[i].Time));
        }
    }

    [Test]
    public void AnEmptyLog_CanBeExported()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        using var stream = new MemoryStream();
        log.Export(stream);
        stream.Position = 0;

        Assert.That(log.Import(stream), Is.Zero);
    }

    [Test]
    public void ADamagedExport_ChangesNothing([Values] bool encrypted)
    {
        EncryptionKey? key = encrypted ? LogSamples.Key : null;
        byte[] export = Export(4, key);
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        LogSamples.Append(log, 1, 2);
        for (int length = 0; length < export.Length; length++)
            Assert.That(() => log.Import(new MemoryStream(export[..length]), key), Throws.TypeOf<LogFormatException>(), $"{length} bytes");
        for (int at = 0; at < export.Length; at++)
        {
            byte[] damaged = (byte[])export.Clone();
            damaged[at] ^= 1;
            Assert.That(() => log.Import(new MemoryStream(damaged), key), Throws.TypeOf<LogFormatException>(), $"byte {at}");
        }

        Assert.That(() => log.Import(new MemoryStream([.. export, 0]), key), Throws.TypeOf<LogFormatException>());
        Assert.That(LogSamples.Sequences(log), Is.EqualTo([1, 2]));
        Assert.That(log.LastSequence, Is.EqualTo(2));
    }

    [Test]
    public void AnExportThatIsTooLarge_IsRefused()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), Small);

        Assert.Throws<LogFormatException>(() => log.Import(new MemoryStream(Export(1000))));
    }

    [Test]
    public void ARecordThatDoesNotFit_EndsTheImport_BeforeAnythingIsChanged()
    {
        byte[] export = Export(10);
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        using InteractionLog otherModel = LogSamples.Open(new MemoryFileSystem(), inputs: ["board"]);

        Assert.Throws<InvalidInputException>(() => log.Import(new MemoryStream(export), check: record => throw new InvalidInputException($"{record.Weight}")));
        Assert.Throws<InvalidInputException>(() => otherModel.Import(new MemoryStream(export)));

        Assert.That(log.Count, Is.Zero);
        Assert.That(otherModel.Count, Is.Zero);
    }

    [Test]
    public void ASegment_IsNoExport()
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files);
        LogSamples.Append(log, 1, 2);
        log.Flush();

        Assert.Throws<LogFormatException>(() => log.Import(new MemoryStream(LogSamples.Content(files, files.Files(LogSamples.Folder)[0]))));
    }

    [Test]
    public void Erase_RemovesEverything_AndSaysWhat()
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, Small);
        LogSamples.Append(log, 1, 300);
        log.Flush();
        files.Create(LogSamples.Folder + "/records-0000000001.log.damaged").Dispose();
        string[] paths = [.. files.Files(LogSamples.Folder)];
        long count = log.Count, bytes = log.Bytes;
        LogSamples.Append(log, 301, 303);
        log.UndoLast();

        LogErasure erased = log.Erase();

        Assert.That(erased.Records, Is.EqualTo(count + 2));
        Assert.That(erased.Bytes, Is.EqualTo(bytes));
        Assert.That(erased.Files, Is.EqualTo(paths));
        Assert.That(files.Files(LogSamples.Folder), Is.Empty);
        Assert.That(log.Count, Is.Zero);
        LogSamples.Append(log, 304, 304);
        Assert.That(LogSamples.Sequences(log), Is.EqualTo([304]));
        Assert.That(log.LastSequence, Is.EqualTo(304));
    }

    private static byte[] Export(int records, EncryptionKey? key = null)
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        LogSamples.Append(log, 1, records);
        using var stream = new MemoryStream();
        log.Export(stream, key);
        return stream.ToArray();
    }
}
