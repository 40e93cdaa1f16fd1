namespace LoraEdge.Plugin.Tests;

/// <summary>Records of a profile on the disk: kept over a restart, exported, imported, encrypted.</summary>
public sealed class RecordKeepingTests
{
    private static readonly EncryptionKey s_key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly EncryptionKey s_wrongKey = new(new byte[32]);

    private Host _host = null!;

    [SetUp]
    public void Begin() => _host = new Host();

    [TearDown]
    public void Close() => _host.Dispose();

    [Test]
    public void Records_OutliveTheProcess()
    {
        using (LoraEdgePlugin plugin = _host.Load())
        {
            Profile profile = plugin.OpenProfile("ada");
            Host.Play(profile, 20);
            profile.UndoLastRecord();
        }

        using LoraEdgePlugin later = _host.Load();
        Profile again = later.OpenProfile("ada");
        Assert.That(again.RecordCount, Is.EqualTo(19));
        Assert.That(again.UndoLastRecord());
        Assert.That(again.RecordCount, Is.EqualTo(18), "also one of an earlier run");
    }

    [Test]
    public void ExportedRecords_AreTrainedOnWhereTheyAreImported()
    {
        using var export = new MemoryStream();
        using (LoraEdgePlugin plugin = _host.Load())
        {
            Profile profile = plugin.OpenProfile("ada");
            Host.Play(profile, 3 * Rounds.Batch);
            Assert.That(profile.ExportRecords(export, s_key), Is.EqualTo(3 * Rounds.Batch));
        }

        export.Position = 0;
        FakeTrainer trainer = Rounds.Numbered(_host);
        using LoraEdgePlugin other = LoraEdgePlugin.Load(Rounds.Options(_host, trainer));
        Profile imported = other.OpenProfile("bob");
        Assert.That(() => imported.ImportRecords(export), Throws.TypeOf<EncryptionKeyException>());
        export.Position = 0;
        Assert.That(imported.ImportRecords(export, s_key), Is.EqualTo(3 * Rounds.Batch));
        Rounds.Settle(other, imported);

        Assert.That((imported.RecordCount, imported.Adaptation.TrainedThrough), Is.EqualTo((3 * Rounds.Batch, 3L * Rounds.Batch)));
    }

    [Test]
    public void ErasedRecords_AreGone_AndAdaptationGoesOnWithWhatComes()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, Rounds.Numbered(_host)));
        Profile profile = plugin.OpenProfile("ada");
        Rounds.Play(plugin, profile, 4 * Rounds.Batch);
        profile.Record(Host.Input(1), Target.Class(0));

        LogErasure erased = profile.EraseRecords();
        Assert.That((erased.Records, profile.RecordCount), Is.EqualTo(((4L * Rounds.Batch) + 1, 0)));
        Assert.That(erased.Files, Is.Not.Empty.And.None.Exist);

        Host.Play(profile, 2 * Rounds.Batch);
        Host.TickUntil(plugin, () => profile.Adaptation.TrainedThrough > 5 * Rounds.Batch);
        Assert.That((profile.RecordCount, profile.Adaptation.Error), Is.EqualTo((2 * Rounds.Batch, (Exception?)null)));
    }

    [Test]
    public void WithAKey_NothingOfAProfileCanBeReadWithoutIt()
    {
        int records;
        byte[] answer;
        using (LoraEdgePlugin plugin = Encrypted(s_key))
        {
            Profile profile = plugin.OpenProfile("ada");
            Rounds.Play(plugin, profile, 20 * Rounds.Batch, until: () => profile.Generation > 0);
            Rounds.Play(plugin, profile, Rounds.Batch, seed: 900);
            (records, answer) = (profile.RecordCount, Host.Answer(profile));
        }

        // The counter of generations and a digest of the newest are no secret.
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(_host.Storage, "profiles"), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "device.state")];
        Assert.That(files.Where(IsReadable), Is.Empty);
        Assert.That(files, Has.Length.GreaterThanOrEqualTo(4), "adapter, history, state, log");
        Assert.That(() => Open(s_wrongKey), Throws.TypeOf<EncryptionKeyException>());
        Assert.That(() => Open(null), Throws.TypeOf<EncryptionKeyException>());

        using LoraEdgePlugin later = Encrypted(s_key);
        Profile again = later.OpenProfile("ada");
        Assert.That((again.RecordCount, again.Generation, again.Adaptation.Promotions), Is.EqualTo((records, 1L, 1L)));
        Assert.That(Host.Answer(again), Is.EqualTo(answer));
    }

    [Test]
    public void ADamagedStateUnderAKey_IsSetAsideAsItIs()
    {
        using (LoraEdgePlugin plugin = Encrypted(s_key))
        {
            Profile profile = plugin.OpenProfile("ada");
            Rounds.Play(plugin, profile, Rounds.Batch);
        }

        byte[] state = File.ReadAllBytes(Rounds.StateFile(_host));
        state[^5] ^= 1;
        File.WriteAllBytes(Rounds.StateFile(_host), state);

        using LoraEdgePlugin later = Encrypted(s_key);
        SyncReport? report = null;
        later.OpenProfile("ada").Synced += (_, found) => report = found;
        later.Tick();
        Assert.That(File.ReadAllBytes(report!.SetAside.Single().Path), Is.EqualTo(state));
    }

    [Test]
    public void Forget_LeavesNothingOfThePlayerOnTheDisk()
    {
        FakeTrainer trainer = Rounds.Numbered(_host);
        trainer.Loss = adapter => adapter is null ? 1 : 0.2;
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, trainer));
        Profile profile = plugin.OpenProfile("ada");
        Rounds.Play(plugin, profile, 20 * Rounds.Batch, until: () => profile.Generation > 0);
        Rounds.Play(plugin, profile, Rounds.Batch, seed: 900);
        long stateBytes = new FileInfo(Rounds.StateFile(_host)).Length;

        ForgottenPlayer forgotten = profile.Forget();

        Assert.That(forgotten.Records, Is.Positive);
        Assert.That((profile.Adapter, profile.RecordCount, profile.Generation), Is.EqualTo(((Adapter?)null, 0, 0L)));
        Assert.That(profile.Adaptation, Has.Property("ScoredThrough").EqualTo(0L).And.Property("Shadow").Null.And.Property("Promotions").EqualTo(0L));
        Assert.That(Directory.EnumerateFiles(_host.Storage, "*.lora", SearchOption.AllDirectories).Where(file => AdapterIn(file)), Is.Empty);
        Assert.That(new FileInfo(Rounds.StateFile(_host)).Length, Is.LessThan(stateBytes / 2), "only that it was forgotten");

        Rounds.Play(plugin, profile, 20 * Rounds.Batch, seed: 2000, until: () => profile.Generation > 0);
        Assert.That(profile.Adapter, Is.Not.Null, "the player can be learned anew");
    }

    private static bool AdapterIn(string file)
    {
        try
        {
            AdapterFile.Load(file);
            return true;
        }
        catch (AdapterFormatException)
        {
            return false;
        }
    }

    /// <summary>Whether a file is an adapter or a state for all to read, or shows what a record saw.</summary>
    private static bool IsReadable(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bool isOfLog = Path.GetFileName(Path.GetDirectoryName(file)) == "log";
        return (!isOfLog && !bytes.AsSpan().StartsWith("LoraEdge.encrypt"u8)) || bytes.AsSpan().IndexOf(Host.Input(100)["x"].Bytes) >= 0;
    }

    private LoraEdgePlugin Encrypted(EncryptionKey? key)
    {
        FakeTrainer trainer = Rounds.Numbered(_host);
        trainer.Loss = adapter => adapter is null ? 1 : 0.2;
        return LoraEdgePlugin.Load(Rounds.Options(_host, trainer) with { Key = key });
    }

    private void Open(EncryptionKey? key)
    {
        using LoraEdgePlugin plugin = Encrypted(key);
        plugin.OpenProfile("ada");
    }
}
