using System.Buffers.Binary;
using System.IO.Hashing;
using LoraEdge.Adaptation;

namespace LoraEdge.Plugin.Tests;

/// <summary>Files of what adaptation knows, with random damage: the one error, or the state as it was; and a profile that opens in either case.</summary>
public sealed class StateMutationTests
{
    private const int Seed = 20261124;
    private const string Key = "learner.state";

    private static readonly EncryptionKey s_key = new([.. Enumerable.Range(0, EncryptionKey.Length).Select(i => (byte)i)]);

    private readonly Host _host = new();
    private readonly MemoryFileSystem _files = new();
    private byte[] _state = [];
    private byte[] _answer = [];

    /// <summary>A player with an adapter in use, a candidate, and evidence about both.</summary>
    [OneTimeSetUp]
    public void Learn()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(_files));
        Profile profile = plugin.OpenProfile("ada");
        Rounds.Play(plugin, profile, 20 * Rounds.Batch, until: () => profile.Generation > 0);
        Rounds.Play(plugin, profile, 2 * Rounds.Batch, seed: 900);
        _answer = Host.Answer(profile);
        _state = Content(StatePath("ada"));
    }

    [OneTimeTearDown]
    public void Remove() => _host.Dispose();

    [Test]
    public void MutatedStates_AreRefusedOrTheSame() => Read(3_000);

    [Test]
    [Category("Full")]
    [Explicit("Half a minute: dotnet test --filter TestCategory=Full")]
    public void AHundredThousandMutatedStates_AreRefusedOrTheSame() => Read(100_000);

    [Test]
    public void MutatedStatesWithARightChecksum_GiveAStateOrTheOneError()
    {
        var random = new Random(Seed);
        int accepted = 0, refused = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] content = Mutation.Of(_state[..^5], random), mutated = [.. content, 0xce, 0, 0, 0, 0];
            BinaryPrimitives.WriteUInt32BigEndian(mutated.AsSpan(content.Length + 1), Crc32.HashToUInt32(content));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.That(Decode(mutated).Write(), Is.Not.Empty);
                accepted++;
            }
            catch (LoraEdgeException)
            {
                refused++;
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000 + (64L * mutated.Length)), $"mutation {i}");
        }

        TestContext.Out.WriteLine($"{accepted} accepted, {refused} refused");
        Assert.That(refused, Is.GreaterThan(1000));
    }

    [Test]
    public void ProfilesWithMutatedStates_OpenAndServeAndTellWhatWasDamaged() => Open(40);

    [Test]
    [Category("Full")]
    [Explicit("A minute: dotnet test --filter TestCategory=Full")]
    public void AThousandProfilesWithMutatedStates_OpenAndServeAndTellWhatWasDamaged() => Open(1_000);

    private void Read(int count)
    {
        var random = new Random(Seed);
        byte[] encrypted = EncryptedFile.Seal(_state, Key, s_key);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] original = i % 2 == 0 ? _state : encrypted, mutated = Mutation.Of(original, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Decode(i % 2 == 0 ? mutated : EncryptedFile.Open(mutated, Key, s_key, "test"));
                Assert.That(mutated.AsSpan().SequenceEqual(original), $"mutation {i}: what is accepted was not changed");
            }
            catch (LoraEdgeException)
            {
                refused++;
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000 + (64L * mutated.Length)), $"mutation {i}");
        }

        Assert.That(refused, Is.GreaterThan(count * 9 / 10));
    }

    private void Open(int count)
    {
        var random = new Random(Seed);
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(_files) with { Adaptation = null });
        for (int i = 0; i < count; i++)
        {
            string player = $"player{i}";
            byte[] mutated = Mutation.Of(_state, random);
            Copy(player);
            Put(StatePath(player), mutated);
            var report = new SyncReport();
            using Profile profile = plugin.OpenProfile(player);
            profile.Synced += (_, found) => report = found;
            plugin.Tick();

            bool isDamaged = !mutated.AsSpan().SequenceEqual(_state);
            Assert.That(report.SetAside.Count(file => Content(file.Path).AsSpan().SequenceEqual(mutated)), Is.EqualTo(isDamaged ? 1 : 0), $"mutation {i}");
            Assert.That(profile.Adaptation.Shadow is null, Is.EqualTo(isDamaged), $"mutation {i}: evidence begins anew");
            Assert.That(Host.Answer(profile), Is.EqualTo(_answer), $"mutation {i}: what was stored serves");
        }
    }

    private LearnerState Decode(byte[] file) =>
        LearnerState.Read(file, "test", _host.Model.Fingerprint, _host.Options().Objective.Loss, new GateOptions());

    private LoraEdgeOptions Options(MemoryFileSystem files)
    {
        FakeTrainer trainer = Rounds.Numbered(_host);
        trainer.Loss = adapter => adapter is null ? 1 : 0.2;
        return Rounds.Options(_host, trainer) with { Files = files };
    }

    private string Folder(string player) => Path.GetFullPath(Path.Combine(_host.Storage, "profiles", player));

    private string StatePath(string player) => Path.Combine(Folder(player), Key);

    private void Copy(string player)
    {
        foreach (string folder in new[] { "", "devices", "history", "log" })
        {
            foreach (string path in _files.Files(Path.Combine(Folder("ada"), folder).TrimEnd(Path.DirectorySeparatorChar)))
                Put(Path.Combine(Folder(player), folder, Path.GetFileName(path)), Content(path));
        }
    }

    private void Put(string path, byte[] content)
    {
        _files.Delete(path);
        using IFileWriter writer = _files.Create(path);
        writer.Write(content);
    }

    private byte[] Content(string path)
    {
        using Stream stream = _files.OpenRead(path);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
