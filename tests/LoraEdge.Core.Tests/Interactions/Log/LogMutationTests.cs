using LoraEdge.Tests.Adapters;

namespace LoraEdge.Tests.Interactions.Log;

/// <summary>Files with random damage: typed errors or reports, no record that was changed, and memory in proportion to the file.</summary>
public sealed class LogMutationTests
{
    private const int Seed = 20261124;

    [Test]
    public void MutatedFiles_GiveNothingThatWasNotWritten() => Run(3_000);

    [Test]
    [Category("Full")]
    [Explicit("A minute: dotnet test --filter TestCategory=Full")]
    public void AHundredThousandMutatedFiles_GiveNothingThatWasNotWritten() => Run(100_000);

    [Test]
    public void MutatedRecordsWithARightChecksum_GiveARecordOrTheOneError()
    {
        var random = new Random(Seed);
        byte[][] seeds = [.. Records().Select(record => LogSamples.Encoded(record, 300, DateTimeOffset.UnixEpoch, LogSamples.Inputs))];
        int accepted = 0, refused = 0;
        for (int i = 0; i < 30_000; i++)
        {
            byte[] mutated = Mutation.Of(seeds[random.Next(seeds.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                RecordDecoder.Decode(mutated, "test");
                accepted++;
            }
            catch (LogFormatException)
            {
                refused++;
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64_000 + (64L * mutated.Length)), $"mutation {i}");
        }

        TestContext.Out.WriteLine($"{accepted} accepted, {refused} refused");
        Assert.That(Math.Min(accepted, refused), Is.GreaterThan(1000));
    }

    private static void Run(int count)
    {
        var random = new Random(Seed);
        MutatedLog[] logs = [new(null), new(LogSamples.Key)];
        byte[][] adapters = [AdapterFile.Write(Samples.Seeded(8)), AdapterFile.Write(Samples.Tiny())];
        byte[][] encrypted = [.. adapters.Select(adapter => EncryptedFile.Seal(adapter, "adapter", LogSamples.Key))];
        for (int i = 0; i < count; i++)
        {
            int kind = random.Next(6), which = random.Next(2);
            switch (kind)
            {
                case 0:
                    RefuseOrReadTheSame(adapters[which], random, file => AdapterFile.Read(file, "test"), AdapterAssert.AreSame);
                    break;
                case 1:
                    RefuseOrReadTheSame(encrypted[which], random, file => EncryptedFile.Open(file, "adapter", LogSamples.Key, "test"), (actual, expected) => Assert.That(actual, Is.EqualTo(expected)));
                    break;
                case 2:
                    logs[which].ImportMutated(random);
                    break;
                default:
                    logs[which].OpenMutated(random);
                    break;
            }
        }

        TestContext.Out.WriteLine(string.Join("; ", logs.Select(log => log.Figures)));
    }

    private static void RefuseOrReadTheSame<T>(byte[] file, Random random, Func<byte[], T> read, Action<T, T> areSame)
    {
        byte[] mutated = Mutation.Of(file, random);
        long before = GC.GetAllocatedBytesForCurrentThread();
        T actual;
        try
        {
            actual = read(mutated);
        }
        catch (LoraEdgeException)
        {
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64_000 + (32L * mutated.Length)));
            return;
        }

        Assert.That(mutated, Is.EqualTo(file), "what is accepted was not changed");
        areSame(actual, read(file));
    }

    private static IEnumerable<Interaction> Records() =>
    [
        LogSamples.Record(1), LogSamples.Record(2, 40) with { Target = Target.Regression(1, 2, 3) },
        Interaction.Sequence([LogSamples.Record(3), LogSamples.Record(4) with { StartsEpisode = true, Target = Target.None }]),
        LogSamples.Record(5) with { Target = Target.Sequence(1, -100, 70_000) },
    ];

    /// <summary>A log of several segments, a sample and an export, of which one at a time is damaged.</summary>
    private sealed class MutatedLog
    {
        private readonly InteractionLogOptions _options;
        private readonly MemoryFileSystem _files = new();
        private readonly byte[] _export;
        private readonly Dictionary<long, Interaction> _records = [];
        private int _opened;
        private int _whole;
        private int _refused;

        public MutatedLog(EncryptionKey? key)
        {
            _options = new InteractionLogOptions { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 4, WaitingBytes = 16 * 1024, Key = key };
            using InteractionLog log = LogSamples.Open(_files, _options);
            for (int i = 0; i < 200; i++)
                log.Append(i % 9 == 8 ? Records().ElementAt(i % 4) : LogSamples.Record(i));
            log.UndoLast();
            foreach (LoggedInteraction record in log.Read())
                _records.Add(record.Sequence, record.Interaction);
            using var stream = new MemoryStream();
            log.Export(stream, key);
            _export = stream.ToArray();
        }

        public string Figures => $"{_opened} opened, {_whole} of them whole, {_refused} refused";

        public void OpenMutated(Random random)
        {
            IReadOnlyList<string> paths = _files.Files(LogSamples.Folder);
            string path = paths[random.Next(paths.Count)];
            byte[] mutated = Mutation.Of(LogSamples.Content(_files, path), random);
            MemoryFileSystem copy = LogSamples.Copy(_files, path, mutated);
            long before = GC.GetAllocatedBytesForCurrentThread();
            LoggedInteraction[] read;
            try
            {
                using InteractionLog log = LogSamples.Open(copy, _options);
                read = [.. log.Read()];
                Assert.That(log.Count, Is.EqualTo(read.Length));
                Assert.That(read.Length == _records.Count || log.TryTakeReport(out _), "what is missing is reported");
            }
            catch (LoraEdgeException)
            {
                _refused++;
                return;
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_500_000));
            _opened++;
            _whole += read.Length == _records.Count ? 1 : 0;
            foreach (LoggedInteraction record in read)
                Assert.That(IsSame(record.Interaction, _records[record.Sequence]), $"record {record.Sequence} of {path}");
        }

        public void ImportMutated(Random random)
        {
            byte[] mutated = Mutation.Of(_export, random);
            using InteractionLog log = LogSamples.Open(new MemoryFileSystem(), _options);
            try
            {
                log.Import(new MemoryStream(mutated), _options.Key);
                Assert.That(mutated, Is.EqualTo(_export), "what is accepted was not changed");
            }
            catch (LoraEdgeException)
            {
                Assert.That(log.Count, Is.Zero);
            }
        }

        // NUnit's constraints are too slow for millions of records.
        private static bool IsSame(Interaction actual, Interaction expected) =>
            actual.Weight.Equals(expected.Weight) && actual.StartsEpisode == expected.StartsEpisode
            && expected.Inputs.All(input => actual.Inputs[input.Key].Bytes.AsSpan().SequenceEqual(input.Value.Bytes) && actual.Inputs[input.Key].Shape.AsSpan().SequenceEqual(input.Value.Shape))
            && actual.Target.Classes.AsSpan().SequenceEqual(expected.Target.Classes) && actual.Target.Values.AsSpan().SequenceEqual(expected.Target.Values)
            && actual.Target.AllowedClasses.AsSpan().SequenceEqual(expected.Target.AllowedClasses)
            && actual.Steps.Count == expected.Steps.Count && actual.Steps.Zip(expected.Steps).All(pair => IsSame(pair.First, pair.Second));
    }
}
