namespace LoraEdge.Tests.Interactions.Log;

/// <summary>Power is lost at every write of a log's life.</summary>
public sealed class InteractionLogCrashTests
{
    [Test]
    public void WhateverIsLost_WhatWasSyncedIsThere_AndTheLogGoesOn([Values] bool encrypted)
    {
        var options = new InteractionLogOptions { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 5, Key = encrypted ? LogSamples.Key : null };
        int crashes = 0;
        for (int crashAt = 1; ; crashAt++)
        {
            var files = new CrashingFiles(crashAt);
            var life = new Life();
            try
            {
                life.Run(files, options);
            }
            catch (CrashException)
            {
                crashes++;
            }

            if (!files.HasCrashed)
                break;
            for (int seed = 0; seed < 2; seed++)
                life.Check(files.AfterCrash(new Random((crashAt * 10) + seed)), options, $"crash at write {crashAt}, seed {seed}");
        }

        TestContext.Out.WriteLine($"{crashes} crash points");
        Assert.That(crashes, Is.GreaterThan(100));
    }

    /// <summary>What a player does, and what of it must outlive a crash.</summary>
    private sealed class Life
    {
        private readonly HashSet<long> _removed = [];
        private readonly HashSet<long> _beingRemoved = [];
        private long _synced;

        public void Run(CrashingFiles files, InteractionLogOptions options)
        {
            InteractionLog log = LogSamples.Open(files, options);
            for (int number = 1; number <= 330; number++)
            {
                LogSamples.Append(log, number, number);
                if (number % 7 == 0)
                    log.Flush(toDisk: false);
                if (number % 50 == 20)
                    Undo(log, number);
                if (number % 90 == 80)
                    Remove(log, [number - 60, number - 40, number - 3]);
                if (number % 25 == 0)
                    Sync(log, number);
            }

            log.Dispose();
        }

        public void Check(MemoryFileSystem files, InteractionLogOptions options, string when)
        {
            using InteractionLog log = LogSamples.Open(files, options);
            LoggedInteraction[] records = [.. log.Read()];
            long[] sequences = [.. records.Select(record => record.Sequence)];
            Assert.That(sequences, Is.Ordered.And.Unique, when);
            Assert.That(records.Select(record => (long)LogSamples.NumberOf(record.Interaction)), Is.EqualTo(sequences), when);
            Assert.That(sequences.Intersect(_removed), Is.Empty, when);
            Assert.That(log.LastSequence, Is.GreaterThanOrEqualTo(_synced), when);

            // Caps leave the newest segments, at least two of them.
            long oldest = Math.Max(1, _synced - 35);
            IEnumerable<long> expected = Enumerable.Range((int)oldest, (int)(_synced - oldest + 1)).Select(number => (long)number).Where(number => number > 0 && !_removed.Contains(number) && !_beingRemoved.Contains(number));
            Assert.That(expected.Except(sequences), Is.Empty, when);

            Assert.That(log.Append(LogSamples.Record(9999)), Is.True);
            Assert.That(log.Read().Last().Sequence, Is.EqualTo(log.LastSequence).And.GreaterThan(_synced), when);
        }

        private void Undo(InteractionLog log, int number)
        {
            _beingRemoved.Add(number);
            log.UndoLast();
            Sync(log, number);
            _removed.Add(number);
        }

        private void Remove(InteractionLog log, long[] numbers)
        {
            _beingRemoved.UnionWith(numbers);
            log.Remove(numbers);
            _removed.UnionWith(numbers);
        }

        private void Sync(InteractionLog log, int number)
        {
            log.Flush();
            _synced = number;
        }
    }
}
