using LoraEdge.Tests.Sync;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Storage;

/// <summary>Backups that are restored, installations that are copied, and copiers that bring old things back.</summary>
public sealed class IdentityTests
{
    [Test]
    public void TheDeviceId_LiesOutsideTheSyncedFolder_AndDiffersBetweenInstallations()
    {
        using Installation a = new(), b = new();
        Assert.That(a.Files(), Does.Contain("device.id"));
        Assert.That(a.Storage.Device, Is.Not.EqualTo(b.Storage.Device));
        Assert.That(a.Storage.Device, Is.Not.EqualTo(default(DeviceId)));
    }

    [Test]
    public void ARestoredBackup_TakesANewId_AndLosesNothingOfItsOtherLife()
    {
        using var before = new Installation();
        before.Learn(1);
        SimulatedDisk backup = before.Disk.Copy();
        DeviceId id = before.Storage.Device;
        StoredGeneration later = before.Learn(2);
        backup.Put(before.OwnPath, before.Disk.Contents()[before.OwnPath]);

        using var restored = new Installation(backup);
        Assert.That(restored.Store.Opening.Identity, Is.EqualTo(IdentityChange.RestoredBackup));
        Assert.That(restored.Storage.Device, Is.Not.EqualTo(id));
        Assert.That(restored.Store.Effective!.Adapter.Targets[0].B, Is.EqualTo(later.Adapter.Targets[0].B));
        StoredGeneration next = restored.Learn(3);
        Assert.That(next.Origin.Vector, Is.EqualTo(Vector((id, 20), (restored.Storage.Device, 10))));
        restored.Dispose();
        using var again = new Installation(backup);
        Assert.That(again.Store.Opening.Identity, Is.EqualTo(IdentityChange.None));
        Assert.That(again.Storage.Device, Is.EqualTo(next.Origin.Device));
    }

    [Test]
    public void ABackupThatLearnsOfItsOtherLifeFromAnotherDevice_TakesANewId()
    {
        using Installation before = new(), other = new();
        SimulatedDisk backup = before.Disk.Copy();
        before.Learn(1);
        other.CopyFrom(before);
        other.Poll();
        other.Learn(2);
        using var restored = new Installation(backup);
        Assert.That(restored.Store.Opening.Identity, Is.EqualTo(IdentityChange.None), "nothing tells yet");
        string theirs = Path.Combine(restored.Store.DevicesPath, "theirs.lora");
        backup.Put(theirs, other.Disk.Contents()[other.OwnPath]);
        Assert.That(restored.Poll()!.Identity, Is.EqualTo(IdentityChange.RestoredBackup));
    }

    [Test]
    public void AClone_IsReported_TakesANewId_AndBothAdaptersCount()
    {
        using var original = new Installation();
        original.Learn(1);
        using var clone = new Installation(original.Disk.Copy());
        Assert.That(clone.Storage.Device, Is.EqualTo(original.Storage.Device));
        original.Learn(2);
        StoredGeneration other = clone.Learn(3);
        DeviceId shared = original.Storage.Device;

        clone.Disk.Put(clone.OwnPath, original.Disk.Contents()[original.OwnPath]);
        Assert.That(clone.Poll()!.Identity, Is.EqualTo(IdentityChange.Clone));
        Assert.That(clone.Storage.Device, Is.Not.EqualTo(shared));
        Assert.That(clone.Store.Devices.Files.Count(file => file.State == DeviceFileState.Clone), Is.EqualTo(2));
        Assert.That(clone.Store.Devices.Files.Any(file => file.Origin == other.Origin), Is.True, "what the copier overwrote was stored, and still is");
        Assert.That(clone.Learn(4).Origin.Vector, Is.EqualTo(Vector((shared, 20), (clone.Storage.Device, 10))));
        original.CopyFrom(clone);
        Assert.That(original.Poll()!.EffectiveChanged, Is.True);
        Assert.That(original.Store.Devices.Heads.Single().Origin.Device, Is.EqualTo(clone.Storage.Device));
    }

    [Test]
    public void ACloneThatIsFoundWhileStoring_IsToldByTheNextPoll()
    {
        using var original = new Installation();
        original.Learn(1);
        using var clone = new Installation(original.Disk.Copy());
        original.Learn(2);
        clone.Learn(3);
        clone.Disk.Put(clone.OwnPath, original.Disk.Contents()[original.OwnPath]);

        clone.Learn(4);

        Assert.That(clone.Store.Poll()!.Identity, Is.EqualTo(IdentityChange.Clone));
    }

    [Test]
    public void ANewId_HoldsForTheOtherProfilesToo()
    {
        using var installation = new Installation();
        using ProfileStore bob = installation.Storage.OpenProfile("bob");
        bob.Save(Adapter(1), VersionVector.Empty, 5);
        DeviceId old = installation.Storage.Device;
        installation.Disk.Put(Path.Combine(installation.Store.DevicesPath, "x.lora"), Devices.File(old, 99, Vector((old, 500)), 1));
        Assert.That(installation.Poll()!.Identity, Is.EqualTo(IdentityChange.RestoredBackup));
        Assert.That(bob.Save(Adapter(2), bob.Effective!.Vector, 3).Origin.Vector, Is.EqualTo(Vector((old, 5), (installation.Storage.Device, 3))));
    }

    [Test]
    public void AnOldFileThatACopierBringsBack_IsReplacedByTheNewest()
    {
        using var installation = new Installation();
        installation.Learn(1);
        byte[] old = installation.Disk.Contents()[installation.OwnPath];
        installation.Learn(2);
        byte[] newest = installation.Disk.Contents()[installation.OwnPath];
        installation.Disk.Put(installation.OwnPath, old);
        Assert.That(installation.Poll(), Is.Null);
        Assert.That(installation.Disk.Contents()[installation.OwnPath], Is.EqualTo(newest));
    }

    [TestCase("device.id")]
    [TestCase("profiles/ada/device.state")]
    public void ALostOrDamagedMemory_TakesANewId(string file)
    {
        using var first = new Installation();
        first.Learn(1);
        first.Disk.Put(Path.Combine(Installation.Root, file), [1, 2, 3]);
        first.Dispose();
        using var second = new Installation(first.Disk);
        Assert.That(second.Storage.Device, Is.Not.EqualTo(first.Storage.Device));
        Assert.That(second.Store.Effective, Is.Not.Null);
        Assert.That(second.Learn(2).Origin.Vector, Is.EqualTo(Vector((first.Storage.Device, 10), (second.Storage.Device, 10))));
    }
}
