namespace LoraEdge.Tests.Interactions.Log;

/// <summary>Bounds of size and age, and the sample of what went because of them.</summary>
public sealed class InteractionLogCapTests
{
    private static InteractionLogOptions Small(int sampleSize = 0, ulong seed = 0, TimeSpan? maxAge = null) =>
        new() { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = sampleSize, SampleSeed = seed, MaxAge = maxAge };

    [Test]
    public void TheSizeIsBounded_AndTheOldestGoFirst([Values(0, 20)] int sampleSize, [Values] bool encrypted)
    {
        var files = new MemoryFileSystem();
        var options = new InteractionLogOptions { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = sampleSize, Key = encrypted ? LogSamples.Key : null };
        using InteractionLog log = LogSamples.Open(files, options);
        for (int i = 0; i < 40; i++)
        {
            LogSamples.Append(log, (i * 25) + 1, (i * 25) + 25);
            log.Flush();
            Assert.That(files.Files(LogSamples.Folder).Sum(path => LogSamples.Content(files, path).Length), Is.EqualTo(log.Bytes).And.LessThanOrEqualTo(16 * 1024));
            Assert.That(log.Count, Is.EqualTo(log.Read().Count()));
        }

        long[] kept = LogSamples.Sequences(log);
        Assert.That(kept, Is.Ordered.And.Unique);
        Assert.That(kept, Has.Length.GreaterThan(30));
        Assert.That(kept[sampleSize..], Is.EqualTo(Enumerable.Range((int)kept[sampleSize], 1001 - (int)kept[sampleSize])), "all of the newest");
        Assert.That(log.LastSequence, Is.EqualTo(1000));
    }

    [Test]
    public void SegmentsThatAreTooOld_Go_AndNumbersGoOn()
    {
        var files = new MemoryFileSystem();
        var clock = new FakeClock();
        var options = Small(maxAge: TimeSpan.FromDays(30));
        using (InteractionLog log = LogSamples.Open(files, options, clock))
        {
            LogSamples.Append(log, 1, 10);
            log.Turn();
            clock.Advance(TimeSpan.FromDays(29));
            log.Turn();
            Assert.That(log.Count, Is.EqualTo(10));
            clock.Advance(TimeSpan.FromDays(2));
            log.Turn();
            Assert.That(log.Count, Is.Zero);
            Assert.That(log.Read(), Is.Empty);
        }

        using InteractionLog again = LogSamples.Open(files, options, clock);
        LogSamples.Append(again, 11, 12);
        Assert.That(LogSamples.Sequences(again), Is.EqualTo([11, 12]));
    }

    [Test]
    public void ALogThatIsOpenedLate_IsCutToItsAge()
    {
        var files = new MemoryFileSystem();
        var clock = new FakeClock();
        using (InteractionLog log = LogSamples.Open(files, Small(), clock))
            LogSamples.Append(log, 1, 100);
        clock.Advance(TimeSpan.FromDays(31));

        using InteractionLog again = LogSamples.Open(files, Small(maxAge: TimeSpan.FromDays(30)), clock);

        Assert.That(again.Count, Is.Zero);
        Assert.That(again.LastSequence, Is.EqualTo(100));
    }

    [Test]
    public void TheSample_IsUniform()
    {
        const int Slots = 10, Runs = 400, Bins = 10;
        int[] counts = new int[Bins];
        int total = 0;
        for (ulong seed = 0; seed < Runs; seed++)
        {
            long past = 0;
            long[] sample = Sample(seed, records: 300, out past);
            Assert.That(sample, Has.Length.EqualTo(Slots));
            foreach (long sequence in sample)
                counts[(int)((sequence - 1) * Bins / past)]++;
            total += Slots;
        }

        // Chi-square with 9 degrees of freedom is above 27.9 once in 1,000 times. The seeds are fixed.
        double expected = (double)total / Bins;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        TestContext.Out.WriteLine($"chi-square {chiSquare:f1}: {string.Join(' ', counts)}");
        Assert.That(chiSquare, Is.LessThan(27.9));
    }

    [Test]
    public void TheSample_FollowsFromRecordsAndSeed()
    {
        Assert.That(Sample(7, 300, out _), Is.EqualTo(Sample(7, 300, out _)));
        Assert.That(Sample(7, 300, out _), Is.Not.EqualTo(Sample(8, 300, out _)));
    }

    [Test]
    public void TheSample_DoesNotDependOnRestarts()
    {
        var files = new MemoryFileSystem();
        for (int number = 1; number <= 300; number += 10)
        {
            using InteractionLog log = LogSamples.Open(files, Small(10, 7));
            LogSamples.Append(log, number, number + 9);
        }

        using InteractionLog last = LogSamples.Open(files, Small(10, 7));
        Assert.That(LogSamples.Sequences(last)[..10], Is.EqualTo(Sample(7, 300, out _)));
    }

    [Test]
    public void ACrashBetweenSampleAndSegment_OffersNothingTwice()
    {
        var files = new MemoryFileSystem();
        using (InteractionLog log = LogSamples.Open(files, Small(10)))
            LogSamples.Append(log, 1, 70);
        MemoryFileSystem before = LogSamples.Copy(files);
        using (InteractionLog log = LogSamples.Open(files, Small(10)))
        {
            LogSamples.Append(log, 71, 220);
            log.Flush();
        }

        string[] gone = [.. before.Files(LogSamples.Folder).Except(files.Files(LogSamples.Folder))];
        MemoryFileSystem crashed = LogSamples.Copy(files);
        foreach (string path in gone)
        {
            using IFileWriter writer = crashed.Create(path);
            writer.Write(LogSamples.Content(before, path));
        }

        using InteractionLog whole = LogSamples.Open(files, Small(10)), again = LogSamples.Open(crashed, Small(10));
        Assert.That(gone, Is.Not.Empty);
        Assert.That(LogSamples.Sequences(again), Is.EqualTo(LogSamples.Sequences(whole)));
    }

    [TestCase(4)]
    [TestCase(40)]
    [TestCase(0)]
    public void AnotherSampleSize_IsTakenOver(int size)
    {
        var files = new MemoryFileSystem();
        using (InteractionLog log = LogSamples.Open(files, Small(10)))
            LogSamples.Append(log, 1, 300);

        using InteractionLog again = LogSamples.Open(files, Small(size));
        LogSamples.Append(again, 301, 600);

        long[] kept = LogSamples.Sequences(again);
        Assert.That(kept, Is.Ordered.And.Unique);
        Assert.That(again.Count, Is.EqualTo(kept.Length));
        Assert.That(kept.Count(sequence => sequence < 300), Is.LessThanOrEqualTo(10));
    }

    [Test]
    public void ADamagedSample_KeepsWhatCanBeRead()
    {
        var files = new MemoryFileSystem();
        using (InteractionLog log = LogSamples.Open(files, Small(10)))
            LogSamples.Append(log, 1, 300);
        string path = LogSamples.Folder + "/sample.log";
        byte[] damaged = LogSamples.Content(files, path);
        damaged[damaged.Length / 2] ^= 4;

        using InteractionLog again = LogSamples.Open(LogSamples.Copy(files, path, damaged), Small(10));

        Assert.That(LogSamples.Reports(again).Single().Kind, Is.EqualTo(LogReportKind.Damaged));
        Assert.That(LogSamples.Sequences(again).Count(sequence => sequence < 200), Is.InRange(9, 200));
    }

    [Test]
    public void Remove_ReachesTheSample()
    {
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), Small(10));
        LogSamples.Append(log, 1, 300);
        long[] kept = LogSamples.Sequences(log);

        Assert.That(log.Remove([kept[0], kept[9], kept[^1]]), Is.EqualTo(3));

        Assert.That(LogSamples.Sequences(log), Is.EqualTo(kept.Except([kept[0], kept[9], kept[^1]])));
        Assert.That(log.Count, Is.EqualTo(kept.Length - 3));
    }

    private static long[] Sample(ulong seed, int records, out long past)
    {
        const int Slots = 10;
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), Small(Slots, seed));
        LogSamples.Append(log, 1, records);
        long[] kept = LogSamples.Sequences(log);
        past = kept[Slots] - 1;
        return kept[..Slots];
    }
}
