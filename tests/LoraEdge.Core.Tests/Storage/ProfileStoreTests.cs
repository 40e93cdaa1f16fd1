using LoraEdge.Tests.Adapters;
using LoraEdge.Tests.Sync;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Storage;

public sealed class ProfileStoreTests
{
    [Test]
    public void AnAdapter_IsStoredInTheDevicesOwnFile_AndThereAfterOpeningAgain()
    {
        using var first = new Installation();
        StoredGeneration stored = first.Learn(1);
        string device = first.Storage.Device.ToString();
        Assert.That(first.Files(), Is.EqualTo(new[] { "device.id", "profiles/ada/device.state", $"profiles/ada/devices/{device}.lora", "profiles/ada/history/00000001.lora" }));
        first.Dispose();

        using var second = new Installation(first.Disk);
        Assert.That(second.Storage.Device.ToString(), Is.EqualTo(device));
        Assert.That(second.Store.Effective!.Adapter.Targets[0].B, Is.EqualTo(stored.Adapter.Targets[0].B));
        Assert.That(second.Store.Opening.Identity, Is.EqualTo(IdentityChange.None));
        Assert.That(second.Store.History.Single().Origin, Is.EqualTo(stored.Origin));
        Assert.That(second.Store.History.Single().Bytes, Is.EqualTo(stored.Bytes));
    }

    [Test]
    public void Generations_CountUp_AndTheirRecordsAddUp()
    {
        using var installation = new Installation();
        installation.Learn(1, records: 30);
        StoredGeneration second = installation.Learn(2, records: 12);
        Assert.That(second.Number, Is.EqualTo(2));
        Assert.That(second.Origin.Vector, Is.EqualTo(Vector((installation.Storage.Device, 42))));
        Assert.That(second.Origin.Written, Is.EqualTo(installation.Clock.UtcNow));
    }

    [Test]
    public void TheHistory_KeepsTheLastGenerations()
    {
        using var installation = new Installation(settings: new StorageSettings { Generations = 3 });
        for (int i = 1; i <= 5; i++)
            installation.Learn(i);
        Assert.That(installation.Store.History.Select(generation => generation.Number), Is.EqualTo(new[] { 3, 4, 5 }));
    }

    [Test]
    public void WhatGrowsFromTheEffectiveAdapter_SupersedesWhatThatWasMadeOf()
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        b.Learn(2);
        b.CopyFrom(a);
        Assert.That(b.Poll()!.EffectiveChanged, Is.True);
        b.Learn(3);
        a.CopyFrom(b);
        a.Poll();
        Assert.That(a.Store.Devices.Heads.Single().Origin.Device, Is.EqualTo(b.Storage.Device));
        Assert.That(a.Store.Effective!.Vector, Is.EqualTo(Vector((a.Storage.Device, 10), (b.Storage.Device, 20))));
    }

    [Test]
    public void AnEarlierGeneration_CanBeRolledBackTo_AndCopiesOfTheLaterDoNotReturn()
    {
        using var installation = new Installation();
        StoredGeneration good = installation.Learn(1);
        installation.Learn(2);
        byte[] bad = installation.Disk.Contents()[installation.OwnPath];
        StoredGeneration back = installation.Store.RollBack(good);
        installation.Disk.Put(Path.Combine(installation.Store.DevicesPath, "copy.lora"), bad);
        installation.Poll();
        Assert.That(installation.Store.Effective!.Adapter.Targets[0].B, Is.EqualTo(good.Adapter.Targets[0].B));
        Assert.That(back.Number, Is.EqualTo(3));
        Assert.That(back.Origin.Vector.Records, Is.EqualTo(20), "it stands for the records that showed it to be better");
        Assert.That(back.Adapter.Training, Is.EqualTo(good.Adapter.Training));
    }

    [Test]
    public void RollingBackToNone_StoresTheFrozenModel()
    {
        using var installation = new Installation();
        Assert.That(() => installation.Store.RollBack(null), Throws.InvalidOperationException);
        installation.Learn(1);
        Assert.That(installation.Store.RollBack(null).Adapter.Targets.SelectMany(target => target.B), Is.All.EqualTo(0f));
    }

    [Test]
    public void AnAdapterThatCannotBeStored_LeavesTheOldOne()
    {
        using var installation = new Installation();
        installation.Learn(1);
        string[] before = installation.Files();
        Adapter broken = Samples.With(Adapter(2), scale: float.NaN);
        Assert.That(() => installation.Store.Save(broken, VersionVector.Empty, 1), Throws.TypeOf<AdapterFormatException>());
        Assert.That(() => installation.Store.Save(Adapter(2), VersionVector.Empty, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(installation.Files(), Is.EqualTo(before));
    }

    [Test]
    public void TemporaryFiles_AreDeletedOnOpening_AndThoseOfOthersAreNot()
    {
        using var first = new Installation();
        first.Learn(1);
        string own = first.OwnPath + ".0123abcd.tmp", foreign = Path.Combine(first.Store.DevicesPath, "~copier.tmp");
        string history = Path.Combine(Installation.Root, "profiles", "ada", "history", "00000002.lora.0123abcd.tmp");
        foreach (string path in new[] { own, foreign, history })
            first.Disk.Put(path, [1, 2]);
        first.Dispose();
        using var second = new Installation(first.Disk);
        Assert.That(first.Disk.FileExists(own) || first.Disk.FileExists(history), Is.False);
        Assert.That(first.Disk.FileExists(foreign), Is.True);
    }

    [TestCase("../../x")]
    [TestCase("/etc/passwd")]
    [TestCase("c:\\x")]
    [TestCase("..")]
    [TestCase("a/b\\c")]
    public void NoName_LeavesTheFolder(string name)
    {
        var disk = new SimulatedDisk();
        using AdapterStorage storage = AdapterStorage.Open(Installation.Root, new StorageSettings { Files = disk });
        using ProfileStore store = storage.OpenProfile(name);
        store.Save(Adapter(1), VersionVector.Empty, 1);
        string profiles = Path.Combine(Installation.Root, "profiles");
        Assert.That(Path.GetDirectoryName(Path.GetDirectoryName(store.DevicesPath)), Is.EqualTo(profiles));
        Assert.That(disk.Contents().Keys.Where(path => path != Path.Combine(Installation.Root, "device.id")), Is.All.StartsWith(profiles + Path.DirectorySeparatorChar));
    }

    [Test]
    public void DamagedFiles_AreSetAsideWithTheirBytes_AndTheOwnOneIsStoredAgain()
    {
        using var installation = new Installation();
        StoredGeneration stored = installation.Learn(1);
        byte[] damaged = installation.Disk.Contents()[installation.OwnPath];
        damaged = [.. damaged[..^1], (byte)(damaged[^1] ^ 1)];
        installation.Disk.Put(installation.OwnPath, damaged);
        SyncReport report = installation.Poll()!;
        Assert.That(report.SetAside.Single().Path, Does.Contain("aside"));
        Assert.That(report.SetAside.Single().Reason, Does.Contain("checksum"));
        Assert.That(installation.Disk.Contents()[report.SetAside.Single().Path], Is.EqualTo(damaged));
        Assert.That(report.EffectiveChanged, Is.False);
        Assert.That(AdapterFile.Read(installation.Disk.Contents()[installation.OwnPath], "own").Targets[0].B, Is.EqualTo(stored.Adapter.Targets[0].B));
    }

    [Test]
    public void OneCopyOfADamagedContent_IsEnough()
    {
        using var installation = new Installation();
        for (int i = 0; i < 6; i++)
        {
            installation.Disk.Put(Path.Combine(installation.Store.DevicesPath, i % 2 == 0 ? "bad.lora" : $"bad ({i}).lora"), [1, 2, 3]);
            Assert.That(installation.Poll()!.SetAside, Has.Count.EqualTo(1), "it is reported whenever it comes");
        }

        installation.Disk.Put(Path.Combine(installation.Store.DevicesPath, "bad.lora"), [1, 2, 4]);
        installation.Poll();
        Assert.That(installation.Files().Count(path => path.Contains("aside", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void WhatStoringFinds_IsToldByTheNextPoll([Values] bool rollsBack)
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        b.Learn(2);
        a.Disk.Put(Path.Combine(a.Store.DevicesPath, "bad.lora"), [1, 2, 3]);
        a.CopyFrom(b);

        if (rollsBack)
            a.Store.RollBack(null);
        else
            a.Learn(3);

        SyncReport report = a.Store.Poll()!;
        Assert.That((report.SetAside.Count, report.EffectiveChanged), Is.EqualTo((1, true)));
        Assert.That(a.Poll(), Is.Null, "once");
    }

    [Test]
    public void FilesThatAreLeftOut_AreToldOnceWithTheReason()
    {
        using var installation = new Installation(settings: new StorageSettings { Wanted = new WantedAdapter { Source = new SeededProjection(42), Rank = 1 } });
        Adapter other = Samples.With(Samples.Seeded(seed: 43), extensions: OriginFields.Write(Origin(B, 1, Vector((B, 1)))));
        installation.Disk.Put(Path.Combine(installation.Store.DevicesPath, "b.lora"), AdapterFile.Write(other));

        SyncReport report = installation.Poll()!;

        Assert.That((report.EffectiveChanged, report.Ignored.Single().Name), Is.EqualTo((false, "b.lora")));
        Assert.That(report.Ignored[0].Reason, Does.Contain("another projection"));
        installation.Learn(1);
        Assert.That(installation.Poll(), Is.Null);
        Assert.That(installation.Store.Obsolete, Is.EqualTo(new[] { report.Ignored[0].Path }));
    }

    [Test]
    public void AReadOnlyStore_ReadsAndSetsNothingAside_AndRefusesToWriteNamingTheOwner()
    {
        using var first = new Installation();
        first.Learn(1);
        first.Disk.Put(Path.Combine(first.Store.DevicesPath, "bad.lora"), [1, 2, 3]);
        string[] before = first.Files();
        using var second = new Installation(first.Disk);
        Assert.That(second.Storage.IsReadOnly && second.Store.IsReadOnly, Is.True);
        Assert.That(second.Storage.Owner, Does.StartWith($"process {Environment.ProcessId} on "));
        Assert.That(second.Store.Effective, Is.Not.Null);
        Assert.That(second.Store.Devices.Named("bad.lora").State, Is.EqualTo(DeviceFileState.Damaged));
        Assert.That(() => second.Learn(2), Throws.TypeOf<StoreReadOnlyException>().With.Message.Contains(second.Storage.Owner!));
        Assert.That(() => second.Store.Forget(), Throws.TypeOf<StoreReadOnlyException>());
        Assert.That(() => second.Store.RollBack(null), Throws.TypeOf<StoreReadOnlyException>());
        Assert.That(second.Files(), Is.EqualTo(before));
        first.Learn(3);
        Assert.That(second.Poll()!.EffectiveChanged, Is.True, "it follows what the other stores");
    }

    [Test]
    public void AStorageThatWasClosed_WritesNothing()
    {
        var installation = new Installation();
        installation.Dispose();
        Assert.That(() => installation.Learn(1), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void APoll_LooksOnlyWhenItsIntervalHasPassed_AndTellsOnlyWhatIsNew()
    {
        using Installation a = new(), b = new();
        b.Learn(1);
        a.CopyFrom(b);
        Assert.That(a.Store.Poll(), Is.Null);
        Assert.That(a.Poll()!.EffectiveChanged, Is.True);
        Assert.That(a.Poll(), Is.Null);
        a.Learn(2);
        Assert.That(a.Poll(), Is.Null, "its own file is no news");
    }

    [Test]
    public void ObsoleteAdapters_AreListed_AndDeletedOnRequest()
    {
        using var old = new Installation();
        old.Learn(1);
        old.Dispose();
        using var updated = new Installation(old.Disk, new StorageSettings { Wanted = new WantedAdapter { Model = Samples.OtherModel } });
        Assert.That(updated.Store.Effective, Is.Null);
        Assert.That(updated.Store.Obsolete, Has.Count.EqualTo(2));
        StoredGeneration next = updated.Store.Save(Samples.With(Adapter(2), model: Samples.OtherModel), VersionVector.Empty, 5);
        Assert.That(next.Origin.Vector.Records, Is.EqualTo(15));
        Assert.That(updated.Store.DeleteObsolete(), Has.Count.EqualTo(1), "the one in the history; the device's own file was replaced");
        Assert.That(updated.Store.Effective, Is.Not.Null);
        Assert.That(updated.Store.Obsolete, Is.Empty);
    }
}
