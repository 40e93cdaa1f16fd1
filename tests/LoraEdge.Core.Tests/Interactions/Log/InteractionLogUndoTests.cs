namespace LoraEdge.Tests.Interactions.Log;

/// <summary>The newest record can be taken back, wherever it is.</summary>
public sealed class InteractionLogUndoTests
{
    private static readonly InteractionLogOptions Small = new() { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 5 };

    private static readonly (string Name, Action<InteractionLog> Between)[] States =
    [
        ("waiting", _ => { }),
        ("stored", log => log.Turn()),
        ("flushed", log => log.Flush(toDisk: false)),
        ("on disk", log => log.Flush()),
    ];

    private static IEnumerable<string> StateNames => States.Select(state => state.Name);

    [TestCaseSource(nameof(StateNames))]
    public void TheLastRecord_IsTakenBack(string state)
    {
        var files = new MemoryFileSystem();
        using (InteractionLog log = LogSamples.Open(files, Small))
        {
            LogSamples.Append(log, 1, 3);
            States.Single(candidate => candidate.Name == state).Between(log);
            Assert.That(log.UndoLast(), Is.True);
            Assert.That(log.Count, Is.EqualTo(2));
            LogSamples.Append(log, 4, 4);
            Assert.That(LogSamples.Numbers(log), Is.EqualTo([1, 2, 4]));
            Assert.That(LogSamples.Sequences(log), Is.EqualTo([1, 2, 4]), "numbers are not used again");
        }

        using InteractionLog again = LogSamples.Open(files, Small);
        Assert.That(LogSamples.Numbers(again), Is.EqualTo([1, 2, 4]));
    }

    [TestCaseSource(nameof(StateNames))]
    public void NumbersAreNotUsedAgain_AfterARestart(string state)
    {
        var files = new MemoryFileSystem();
        using (InteractionLog log = LogSamples.Open(files, Small))
        {
            LogSamples.Append(log, 1, 3);
            States.Single(candidate => candidate.Name == state).Between(log);
            log.UndoLast();
            log.UndoLast();
        }

        using InteractionLog again = LogSamples.Open(files, Small);
        Assert.That(again.LastSequence, Is.EqualTo(3));
        Assert.That(again.UndoLast(), Is.True, "one of an earlier run");
        LogSamples.Append(again, 4, 4);
        Assert.That(LogSamples.Sequences(again), Is.EqualTo([4]));
    }

    [Test]
    public void TheBytesAreGone()
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files);
        LogSamples.Append(log, 1, 2);
        log.Flush();
        string path = files.Files(LogSamples.Folder).Single();
        int before = LogSamples.Content(files, path).Length;

        log.UndoLast();
        log.Turn();

        Assert.That(LogSamples.Content(files, path), Has.Length.LessThan(before - 50));
    }

    [Test]
    public void AllRecords_CanBeTakenBack_ThroughSegmentsAndSample()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), Small);
        LogSamples.Append(log, 1, 300);
        long[] kept = LogSamples.Sequences(log);
        for (int left = kept.Length - 1; left >= 0; left--)
        {
            Assert.That(log.UndoLast(), Is.True);
            if (left % 13 == 0 || left < 8)
                Assert.That(LogSamples.Sequences(log), Is.EqualTo(kept[..left]));
            Assert.That(log.Count, Is.EqualTo(left));
        }

        Assert.That(log.UndoLast(), Is.False);
        Assert.That(log.Count, Is.Zero);
        LogSamples.Append(log, 301, 301);
        Assert.That(LogSamples.Sequences(log), Is.EqualTo([301]));
    }

    [Test]
    public void NothingIsTakenBack_OfAnEmptyLog()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());

        Assert.That(log.UndoLast(), Is.False);
    }

    [Test]
    public void UndoingFinds_Room_WhenRecordsDoNot()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { WaitingBytes = 16 * 1024 });
        int kept = 0;
        while (log.Append(LogSamples.Record(++kept)))
        {
        }

        Assert.That(log.UndoLast(), Is.True);
        Assert.That(LogSamples.Numbers(log), Is.EqualTo(Enumerable.Range(1, kept - 2)));
    }
}
