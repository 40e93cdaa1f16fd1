namespace LoraEdge.Tests.Interactions.Log;

/// <summary>What crashes and damage leave of a log.</summary>
public sealed class InteractionLogDamageTests
{
    private const string First = LogSamples.Folder + "/records-0000000001.log";

    [Test]
    public void ATailTornAtAnyByte_IsCutAtTheLastWholeRecord([Values] bool encrypted)
    {
        var options = new InteractionLogOptions { Key = encrypted ? LogSamples.Key : null };
        var files = new MemoryFileSystem();
        int before;
        using (InteractionLog log = LogSamples.Open(files, options))
        {
            LogSamples.Append(log, 1, 5);
            log.Flush();
            before = LogSamples.Content(files, First).Length;
            LogSamples.Append(log, 6, 6);
        }

        byte[] whole = LogSamples.Content(files, First);
        for (int length = before; length < whole.Length; length++)
        {
            MemoryFileSystem torn = LogSamples.Copy(files, First, whole[..length]);
            using (InteractionLog log = LogSamples.Open(torn, options))
            {
                List<LogReport> reports = LogSamples.Reports(log);
                Assert.That(LogSamples.Content(torn, First), Has.Length.EqualTo(before));
                Assert.That(reports.Select(report => (report.Kind, report.Bytes, report.File)), length == before ? Is.Empty : Is.EqualTo([(LogReportKind.TornTail, (long)(length - before), First)]));
                LogSamples.Append(log, 7, 7);
                Assert.That(LogSamples.Numbers(log), Is.EqualTo([1, 2, 3, 4, 5, 7]));
            }

            using InteractionLog again = LogSamples.Open(torn, options);
            Assert.That(LogSamples.Numbers(again), Is.EqualTo([1, 2, 3, 4, 5, 7]));
            Assert.That(LogSamples.Reports(again), Is.Empty);
        }
    }

    [Test]
    public void ATailOfZeros_IsCut()
    {
        MemoryFileSystem files = FilesWith(5);
        byte[] whole = LogSamples.Content(files, First);

        using InteractionLog log = LogSamples.Open(LogSamples.Copy(files, First, [.. whole, .. new byte[5000]]));

        Assert.That(LogSamples.Reports(log).Single(), Has.Property("Kind").EqualTo(LogReportKind.TornTail).And.Property("Bytes").EqualTo(5000));
        Assert.That(LogSamples.Numbers(log), Is.EqualTo(Enumerable.Range(1, 5)));
    }

    [Test]
    public void AHeadTornAtAnyByte_IsCut([Values] bool encrypted)
    {
        var options = new InteractionLogOptions { Key = encrypted ? LogSamples.Key : null };
        MemoryFileSystem files = FilesWith(1, options);
        byte[] whole = LogSamples.Content(files, First);
        for (int length = 0; length < (encrypted ? 100 : 72); length++)
        {
            using InteractionLog log = LogSamples.Open(LogSamples.Copy(files, First, whole[..length]), options);
            Assert.That(LogSamples.Reports(log).Single().Kind, Is.EqualTo(LogReportKind.TornTail));
            LogSamples.Append(log, 1, 1);
            Assert.That(LogSamples.Numbers(log), Is.EqualTo([1]));
        }
    }

    [Test]
    public void OneCopyOfADamagedContent_IsEnough()
    {
        MemoryFileSystem files = FilesWith(5);
        byte[] first = LogSamples.Content(files, First), second = (byte[])first.Clone();
        (first[90], second[100]) = ((byte)~first[90], (byte)~second[100]);
        foreach (byte[] damaged in new[] { first, second, first, second, first })
        {
            // The power went, or the disk was full, after the copy and before the log was repaired.
            files = LogSamples.Copy(files, First, damaged);
            LogSamples.Open(files).Dispose();
        }

        Assert.That(files.Files(LogSamples.Folder).Where(path => path.EndsWith(".damaged", StringComparison.Ordinal)).Select(path => LogSamples.Content(files, path)), Is.EquivalentTo(new[] { first, second }));
    }

    [Test]
    public void ADamagedRecordInTheMiddle_IsSetAside_AndTheOthersAreKept()
    {
        MemoryFileSystem files = FilesWith(5);
        byte[] whole = LogSamples.Content(files, First);
        for (int at = 72; at < whole.Length; at++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            MemoryFileSystem copy = LogSamples.Copy(files, First, damaged);
            int[] kept;
            using (InteractionLog log = LogSamples.Open(copy))
            {
                kept = LogSamples.Numbers(log);
                LogReport report = LogSamples.Reports(log).Single();
                if (report.Kind == LogReportKind.TornTail)
                {
                    Assert.That(kept, Is.EqualTo([1, 2, 3, 4]));
                    continue;
                }

                Assert.That(report.Kind, Is.EqualTo(LogReportKind.Damaged));
                Assert.That(report.Records, Is.EqualTo(4));
                Assert.That(LogSamples.Content(copy, report.File), Is.EqualTo(damaged), "nothing is lost");
            }

            Assert.That(kept, Has.Length.EqualTo(4));
            Assert.That(kept, Is.Ordered.And.SubsetOf(Enumerable.Range(1, 5)));
            using InteractionLog again = LogSamples.Open(copy);
            Assert.That(LogSamples.Numbers(again), Is.EqualTo(kept));
            Assert.That(LogSamples.Reports(again), Is.Empty);
            Assert.That(again.LastSequence, Is.EqualTo(5), "its number is not given to another record");
        }
    }

    [Test]
    public void RecordsBehindSeveralDamagedOnes_AreKept()
    {
        MemoryFileSystem files = FilesWith(8);
        byte[] whole = LogSamples.Content(files, First);
        int size = (whole.Length - 72) / 8;
        foreach (int record in new[] { 2, 3, 4 })
            whole[72 + (record * size) + (size / 2)] ^= 1;

        using InteractionLog log = LogSamples.Open(LogSamples.Copy(files, First, whole));

        Assert.That(LogSamples.Sequences(log), Is.EqualTo([1, 2, 6, 7, 8]));
    }

    [Test]
    public void TheTailOfAnOlderSegment_IsSetAside()
    {
        MemoryFileSystem files = FilesWith(100, new InteractionLogOptions { SegmentBytes = 4096 });
        byte[] whole = LogSamples.Content(files, First);

        using InteractionLog log = LogSamples.Open(LogSamples.Copy(files, First, whole[..^3]));

        LogReport report = LogSamples.Reports(log).Single();
        Assert.That(report.Kind, Is.EqualTo(LogReportKind.Damaged));
        Assert.That(LogSamples.Numbers(log), Has.Length.EqualTo(99));
    }

    [Test]
    public void ADamagedHead_SetsTheFileAside()
    {
        MemoryFileSystem files = FilesWith(5);
        byte[] whole = LogSamples.Content(files, First);
        for (int at = 0; at < 72; at++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[at] ^= 1;
            MemoryFileSystem copy = LogSamples.Copy(files, First, damaged);
            using InteractionLog log = LogSamples.Open(copy);
            LogReport report = LogSamples.Reports(log).Single();
            Assert.That(report.Kind, Is.EqualTo(LogReportKind.Damaged));
            Assert.That(LogSamples.Content(copy, report.File), Is.EqualTo(damaged));
            Assert.That(log.Count, Is.Zero);
        }
    }

    [Test]
    public void RecordsThatWereMovedOrDoubled_AreNotAccepted([Values] bool encrypted)
    {
        var options = new InteractionLogOptions { Key = encrypted ? LogSamples.Key : null };
        MemoryFileSystem files = FilesWith(4, options), other = FilesWith(4, options);
        byte[] whole = LogSamples.Content(files, First), foreign = LogSamples.Content(other, First);
        int head = encrypted ? 100 : 72, size = (whole.Length - head) / 4;
        byte[] Entry(byte[] file, int index) => file[(head + (index * size))..(head + ((index + 1) * size))];
        byte[] start = whole[..head];
        byte[][] altered =
        [
            [.. start, .. Entry(whole, 1), .. Entry(whole, 0), .. Entry(whole, 2), .. Entry(whole, 3)],
            [.. start, .. Entry(whole, 0), .. Entry(whole, 0), .. Entry(whole, 2), .. Entry(whole, 3)],
            [.. start, .. Entry(whole, 0), .. Entry(foreign, 1), .. Entry(whole, 2), .. Entry(whole, 3)],
            [.. start, .. Entry(whole, 0), .. Entry(whole, 2), .. Entry(whole, 3)],
        ];
        foreach (byte[] file in altered)
        {
            using InteractionLog log = LogSamples.Open(LogSamples.Copy(files, First, file), options);
            Assert.That(LogSamples.Reports(log).Single().Bytes, Is.GreaterThan(0));
            Assert.That(LogSamples.Numbers(log), Is.Ordered.And.Unique.And.Length.LessThan(4));
        }
    }

    [Test]
    public void AnEnormousLength_TakesNoMemory()
    {
        MemoryFileSystem files = FilesWith(3);
        byte[] whole = LogSamples.Content(files, First);
        byte[] hostile = [.. whole, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        MemoryFileSystem copy = LogSamples.Copy(files, First, hostile);
        long before = GC.GetAllocatedBytesForCurrentThread();

        using InteractionLog log = LogSamples.Open(copy, new InteractionLogOptions { WaitingBytes = 16 * 1024 });

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
        Assert.That(log.Count, Is.EqualTo(3));
    }

    [Test]
    public void TemporaryFilesOfACrash_AreRemoved()
    {
        MemoryFileSystem files = FilesWith(3);
        files.Create(First + ".0123abcd.tmp").Dispose();

        using InteractionLog log = LogSamples.Open(files);

        Assert.That(files.Files(LogSamples.Folder), Is.EqualTo([First]));
    }

    private static MemoryFileSystem FilesWith(int records, InteractionLogOptions? options = null)
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, options);
        LogSamples.Append(log, 1, records);
        return files;
    }
}
