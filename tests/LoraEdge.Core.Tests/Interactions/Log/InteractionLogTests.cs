namespace LoraEdge.Tests.Interactions.Log;

/// <summary>What is recorded is what is read.</summary>
public sealed class InteractionLogTests
{
    private static readonly Target[] Targets =
    [
        Target.Class(3), Target.Class(2, [0, 2, 70_000]), Target.Sequence(1, -100, 5, long.MaxValue), Target.Sequence([4, -1], [4]),
        Target.Sequence([]), Target.Regression(1.5f, float.NaN, -0f), Target.Regression(), Target.None,
    ];

    [Test]
    public void EveryElementType_ComesBack([Values] TensorElementType type, [Values] bool encrypted)
    {
        var files = new MemoryFileSystem();
        byte[] bytes = [.. Enumerable.Range(0, 6 * HostTensor.SizeOf(type)).Select(i => (byte)(i * 37))];
        var record = new Interaction(new Dictionary<string, HostTensor> { ["x"] = new HostTensor(type, [1, 3, 2], bytes) }, Target.Class(0));
        var options = new InteractionLogOptions { Key = encrypted ? LogSamples.Key : null };

        using (InteractionLog log = LogSamples.Open(files, options, inputs: ["x"]))
            log.Append(record.Inputs, record.Target, record.Weight);

        using InteractionLog again = LogSamples.Open(files, options, inputs: ["x"]);
        LogSamples.AreSame(again.Read().Single().Interaction, record);
    }

    [TestCaseSource(nameof(Targets))]
    public void EveryTarget_ComesBack(Target target)
    {
        var files = new MemoryFileSystem();
        Interaction record = LogSamples.Record(1) with { Target = target, Weight = 0.3f };
        using InteractionLog log = LogSamples.Open(files);

        log.Append(record.Inputs, record.Target, record.Weight);

        LogSamples.AreSame(log.Read().Single().Interaction, record);
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(100_000)]
    public void TensorsOfEverySize_ComeBack(int floats)
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        Interaction record = LogSamples.Record(9, floats);

        log.Append(record);

        LogSamples.AreSame(log.Read().Single().Interaction, record);
    }

    [Test]
    public void ASequence_ComesBack()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        Interaction sequence = Interaction.Sequence(
            [LogSamples.Record(1) with { StartsEpisode = true }, LogSamples.Record(2) with { Target = Target.None }, LogSamples.Record(3)], weight: 2.5f);

        log.Append(sequence);

        LogSamples.AreSame(log.Read().Single().Interaction, sequence);
    }

    [Test]
    public void Records_HaveNumbersFromOne_AndTheTimeOfTheirRecording()
    {
        var clock = new FakeClock();
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), clock: clock);
        DateTimeOffset start = clock.UtcNow;
        LogSamples.Append(log, 1, 1);
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        LogSamples.Append(log, 2, 2);
        clock.Advance(TimeSpan.FromHours(1));

        LoggedInteraction[] records = [.. log.Read()];

        Assert.That(records.Select(record => record.Sequence), Is.EqualTo([1, 2]));
        Assert.That(records.Select(record => record.Time), Is.EqualTo([start, start + TimeSpan.FromMilliseconds(1500)]));
    }

    [Test]
    public void AnotherRun_GoesOnInTheSameFile()
    {
        var files = new MemoryFileSystem();
        for (int run = 0; run < 5; run++)
        {
            using InteractionLog log = LogSamples.Open(files);
            Assert.That(log.LastSequence, Is.EqualTo(3 * run));
            LogSamples.Append(log, (3 * run) + 1, (3 * run) + 3);
            Assert.That(log.Count, Is.EqualTo(3 * (run + 1)));
        }

        using InteractionLog last = LogSamples.Open(files);
        Assert.That(LogSamples.Numbers(last), Is.EqualTo(Enumerable.Range(1, 15)));
        Assert.That(LogSamples.Sequences(last), Is.EqualTo(Enumerable.Range(1, 15)));
        Assert.That(files.Files(LogSamples.Folder), Has.Count.EqualTo(1));
        Assert.That(LogSamples.Reports(last), Is.Empty);
    }

    [Test]
    public void SegmentsAreClosed_WhenTheyAreFull()
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, new InteractionLogOptions { SegmentBytes = 4096 });
        LogSamples.Append(log, 1, 100);

        Assert.That(LogSamples.Numbers(log), Is.EqualTo(Enumerable.Range(1, 100)));
        IReadOnlyList<string> segments = files.Files(LogSamples.Folder);
        Assert.That(segments, Has.Count.GreaterThan(2));
        Assert.That(segments.Select(path => LogSamples.Content(files, path).Length), Has.All.LessThanOrEqualTo(4096));
        Assert.That(log.Bytes, Is.EqualTo(segments.Sum(path => LogSamples.Content(files, path).Length)));
    }

    [Test]
    public void ReadingGoesOn_WhileRecordsAreAppendedAndRemoved()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { SegmentBytes = 4096 });
        LogSamples.Append(log, 1, 100);
        var read = new List<long>();
        foreach (LoggedInteraction record in log.Read(after: 10))
        {
            read.Add(record.Sequence);
            LogSamples.Append(log, 1000 + read.Count, 1000 + read.Count);
            if (read.Count == 1)
                log.Remove([99]);
        }

        Assert.That(read, Is.EqualTo(Enumerable.Range(11, 90).Where(sequence => sequence != 99)));
    }

    [Test]
    public void Nothing_IsWrittenBeforeTheIntervalIsOver()
    {
        var clock = new FakeClock();
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, new InteractionLogOptions { FlushInterval = TimeSpan.FromSeconds(2) }, clock);
        LogSamples.Append(log, 1, 3);
        clock.Advance(TimeSpan.FromSeconds(1.9));
        log.Turn();
        Assert.That(files.Files(LogSamples.Folder), Is.Empty);

        clock.Advance(TimeSpan.FromSeconds(0.2));
        log.Turn();

        using InteractionLog other = LogSamples.Open(LogSamples.Copy(files));
        Assert.That(other.Count, Is.EqualTo(3));
    }

    [Test]
    public void TheWriterThread_StoresByItself()
    {
        using var folder = new Adapters.TemporaryFolder();
        using InteractionLog log = InteractionLog.Open(folder.Root, LogSamples.Inputs, new InteractionLogOptions { FlushInterval = TimeSpan.FromMilliseconds(1) });
        LogSamples.Append(log, 1, 10);

        Assert.That(() => log.Bytes, Is.GreaterThan(0).After(10_000, 5));
        Assert.That(() => new FileInfo(folder.File("records-0000000001.log")), Has.Property("Exists").True.After(10_000, 5));
    }

    [Test]
    public void RecordsWithoutMemory_AreLostAndReported()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { WaitingBytes = 16 * 1024 });
        Interaction record = LogSamples.Record(1, 500);
        int kept = Enumerable.Range(0, 100).Count(_ => log.Append(record));

        Assert.That(kept, Is.InRange(1, 10));
        Assert.That(log.Lost, Is.EqualTo(100 - kept));
        Assert.That(log.Read().Count(), Is.EqualTo(kept));
        Assert.That(LogSamples.Reports(log).Single(), Has.Property("Kind").EqualTo(LogReportKind.Lost).And.Property("Records").EqualTo(100 - kept));
        Assert.That(log.Append(record), Is.True, "what was stored makes room");
        Assert.That(log.LastSequence, Is.EqualTo(kept + 1));
    }

    [Test]
    public void ARecordThatNeverFits_IsLost()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { WaitingBytes = 16 * 1024 });

        Assert.That(log.Append(LogSamples.Record(1, 3000)), Is.False);
        Assert.That(log.Count, Is.Zero);
    }

    [Test]
    public void OtherInputs_AreRefused_AndNothingIsKept()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), inputs: ["board"]);

        Assert.Throws<InvalidInputException>(() => log.Append(LogSamples.Record(1)));
        Assert.That(log.Read(), Is.Empty);
    }

    [TestCase(float.NaN)]
    [TestCase(-1f)]
    [TestCase(float.PositiveInfinity)]
    public void AWeightThatCouldNotBeReadAgain_IsRefused(float weight)
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        Interaction record = LogSamples.Record(1);

        Assert.Throws<InvalidInputException>(() => log.Append(record.Inputs, record.Target, weight));
        Assert.Throws<InvalidInputException>(() => log.Append(Interaction.Sequence([record with { Weight = weight }])));
        Assert.That(log.Count, Is.Zero);
    }

    [Test]
    public void StepsWithoutInputs_ComeBack()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), inputs: []);
        var step = new Interaction(new Dictionary<string, HostTensor>(), Target.Class(1));

        log.Append(Interaction.Sequence([step, step]));

        LogSamples.AreSame(log.Read().Single().Interaction, Interaction.Sequence([step, step]));
    }

    [Test]
    public void AnInputThatIsNamedTwice_IsRefused() =>
        Assert.Throws<InvalidOptionsException>(() => LogSamples.Open(new MemoryFileSystem(), inputs: ["x", "x"]));

    [Test]
    public void ASegmentThatSomeoneDeleted_StopsNothing()
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, new InteractionLogOptions { SegmentBytes = 4096 });
        LogSamples.Append(log, 1, 100);
        log.Flush();
        foreach (string path in files.Files(LogSamples.Folder).ToArray()[..^1])
            files.Delete(path);

        log.Remove([1, 40, 100]);
        for (int i = 0; i < 100; i++)
            log.UndoLast();
        log.Turn();

        Assert.That(log.Read(), Is.Empty);
        LogSamples.Append(log, 101, 101);
        Assert.That(LogSamples.Sequences(log), Is.EqualTo([101]));
        Assert.That(LogSamples.Reports(log), Is.Empty);
    }

    [Test]
    public void Remove_TakesOutRecordsForGood()
    {
        var files = new MemoryFileSystem();
        var options = new InteractionLogOptions { SegmentBytes = 4096 };
        using (InteractionLog log = LogSamples.Open(files, options))
        {
            LogSamples.Append(log, 1, 100);
            Assert.That(log.Remove([1, 50, 51, 100, 101, -3]), Is.EqualTo(4));
            Assert.That(log.Count, Is.EqualTo(96));
        }

        using InteractionLog again = LogSamples.Open(files, options);
        LogSamples.Append(again, 101, 101);
        Assert.That(LogSamples.Sequences(again), Is.EqualTo(Enumerable.Range(1, 101).Except([1, 50, 51, 100])));
        Assert.That(LogSamples.Numbers(again), Is.EqualTo(LogSamples.Sequences(again)));
    }

    [Test]
    public void AFullDisk_IsReportedOnce_AndNothingIsLost()
    {
        var disk = new FullDisk();
        using InteractionLog log = LogSamples.Open(disk, new InteractionLogOptions { FlushInterval = TimeSpan.FromTicks(1) }, SystemClock.Instance);
        LogSamples.Append(log, 1, 20);
        log.Turn();
        disk.IsFull = true;
        LogSamples.Append(log, 21, 40);
        for (int i = 0; i < 5; i++)
            log.Turn();
        Assert.That(LogSamples.Reports(log).Single().Kind, Is.EqualTo(LogReportKind.WriteFailed));
        disk.IsFull = false;
        LogSamples.Append(log, 41, 50);

        Assert.That(LogSamples.Numbers(log), Is.EqualTo(Enumerable.Range(1, 50)));
        Assert.That(LogSamples.Reports(log), Is.Empty);
    }

    [TestCase(0, 64L << 20)]
    [TestCase(1 << 20, 1L << 20)]
    public void OptionsOutOfRange_AreRefused(int segmentBytes, long maxBytes) =>
        Assert.Throws<InvalidOptionsException>(() => LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { SegmentBytes = segmentBytes, MaxBytes = maxBytes }));
}
