using LoraEdge.Tests.Sync;

namespace LoraEdge.Tests.Storage;

/// <summary>The store on the machine's own disk, with processes and watchers that are real.</summary>
public sealed class DiskStoreTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void AStoreOnDisk_IsReadAgain()
    {
        StoredGeneration stored;
        using (AdapterStorage storage = AdapterStorage.Open(_folder.Root))
        using (ProfileStore store = storage.OpenProfile("ada"))
        {
            store.Save(Devices.Adapter(1), store.Forgotten, 3);
            stored = store.Save(Devices.Adapter(2), store.Effective!.Vector, 4);
        }

        using AdapterStorage again = AdapterStorage.Open(_folder.Root);
        using ProfileStore reopened = again.OpenProfile("ada");
        Assert.That(again.IsReadOnly, Is.False);
        Assert.That(reopened.Effective!.Vector, Is.EqualTo(stored.Origin.Vector));
        Assert.That(reopened.History, Has.Count.EqualTo(2));
        Assert.That(_folder.Files().Where(path => path.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void WhileAnotherProcessWrites_ThisOneReads_AndNamesIt()
    {
        using var holder = new LockHolder(_folder.Root);
        Assert.That(holder.Answer, Is.EqualTo("1"));
        using AdapterStorage storage = AdapterStorage.Open(_folder.Root);
        using ProfileStore store = storage.OpenProfile("ada");
        Assert.That(storage.IsReadOnly, Is.True);
        Assert.That(storage.Owner, Does.StartWith($"process {holder.Id} on "));
        Assert.That(store.Effective, Is.Not.Null);
        Assert.That(() => store.Save(Devices.Adapter(2), store.Effective!.Vector, 1), Throws.TypeOf<StoreReadOnlyException>().With.Message.Contains($"process {holder.Id}"));
    }

    [Test]
    public void WhileThisProcessWrites_AnotherOneIsRefused()
    {
        using AdapterStorage storage = AdapterStorage.Open(_folder.Root);
        using var holder = new LockHolder(_folder.Root);
        Assert.That(holder.Answer, Does.Contain($"process {Environment.ProcessId}"));
    }

    [Test]
    public void AProcessThatIsKilled_LeavesNoLock()
    {
        using var holder = new LockHolder(_folder.Root);
        holder.Kill();
        using AdapterStorage storage = AdapterStorage.Open(_folder.Root);
        using ProfileStore store = storage.OpenProfile("ada");
        Assert.That(storage.IsReadOnly, Is.False);
        Assert.That(store.Save(Devices.Adapter(2), store.Effective!.Vector, 1).Number, Is.EqualTo(2));
    }

    /// <summary>The poll's interval never passes, so only the watcher can tell.</summary>
    [Test]
    public void AFileThatACopierBrings_IsNoticedByTheWatcher()
    {
        using AdapterStorage storage = AdapterStorage.Open(_folder.Root, new StorageSettings { Clock = new FakeClock() });
        using ProfileStore store = storage.OpenProfile("ada");
        File.WriteAllBytes(Path.Combine(store.DevicesPath, "b.lora"), Devices.File(Devices.B, 1, Devices.Vector((Devices.B, 1)), 1));
        SyncReport? report = null;
        Assert.That(SpinWait.SpinUntil(() => (report = store.Poll()) is not null, TimeSpan.FromSeconds(20)), Is.True);
        Assert.That(report!.EffectiveChanged, Is.True);
    }
}
