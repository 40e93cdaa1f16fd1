namespace LoraEdge.Tests.Interactions.Log;

/// <summary>What appending costs the thread that does it, and what several threads do to each other.</summary>
public sealed class InteractionLogThreadTests
{
    [Test]
    public void Appending_AllocatesNothing([Values] bool encrypted)
    {
        using var folder = new Adapters.TemporaryFolder();
        using InteractionLog log = InteractionLog.Open(folder.Root, ["board"], new InteractionLogOptions { Key = encrypted ? LogSamples.Key : null });
        var inputs = new Dictionary<string, HostTensor> { ["board"] = HostTensor.From(new float[150], 1, 150) };
        Target target = Target.Class(3, [1, 2, 3]);
        for (int i = 0; i < 100; i++)
            log.Append(inputs, target, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20_000; i++)
            log.Append(inputs, target, 1);
        log.UndoLast();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void SeveralThreads_LoseAndDoubleNothing()
    {
        const int Threads = 4, Each = 5_000;
        using var folder = new Adapters.TemporaryFolder();
        var options = new InteractionLogOptions { SegmentBytes = 64 * 1024, WaitingBytes = 256 * 1024, FlushInterval = TimeSpan.FromMilliseconds(5) };
        long lost;
        using (InteractionLog log = InteractionLog.Open(folder.Root, LogSamples.Inputs, options))
        {
            Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
            {
                for (int i = 0; i < Each; i++)
                {
                    while (!log.Append(LogSamples.Record((thread * Each) + i)))
                        Thread.Yield();
                }
            });
            lost = log.Lost;
            Assert.That(log.Count, Is.EqualTo(Threads * Each));
            Assert.That(log.LastSequence, Is.EqualTo(Threads * Each));
        }

        using InteractionLog again = InteractionLog.Open(folder.Root, LogSamples.Inputs, options);
        LoggedInteraction[] records = [.. again.Read()];
        TestContext.Out.WriteLine($"{lost} times there was no room");
        Assert.That(records.Select(record => record.Sequence), Is.EqualTo(Enumerable.Range(1, Threads * Each)));
        Assert.That(records.Select(record => LogSamples.NumberOf(record.Interaction)).Order(), Is.EqualTo(Enumerable.Range(0, Threads * Each)));
        for (int thread = 0; thread < Threads; thread++)
        {
            int[] own = [.. records.Select(record => LogSamples.NumberOf(record.Interaction)).Where(number => number / Each == thread)];
            Assert.That(own, Is.Ordered, "each thread's records are in its order");
        }

        Assert.That(LogSamples.Reports(again), Is.Empty);
    }

    [Test]
    public void RecordsOfAllSizes_PassTheMemorysEnd()
    {
        var random = new Random(5);
        using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), new InteractionLogOptions { WaitingBytes = 16 * 1024 });
        for (int number = 1; number <= 2000; number++)
        {
            while (!log.Append(LogSamples.Record(number, random.Next(0, 1200))))
                log.Turn();
        }

        Assert.That(LogSamples.Numbers(log), Is.EqualTo(Enumerable.Range(1, 2000)));
    }

    [Test]
    public void AClosedLog_TakesNothing()
    {
        InteractionLog log = LogSamples.Open(new MemoryFileSystem());
        log.Dispose();

        Assert.That(log.Append(LogSamples.Record(1)), Is.False);
        Assert.That(log.UndoLast(), Is.False);
    }
}
