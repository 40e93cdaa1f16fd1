using LoraEdge.Tests.Sync;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Storage;

public sealed class ForgetTests
{
    [Test]
    public void Forgetting_RemovesEveryAdapter_AndSaysSo()
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        a.Learn(2);
        b.Learn(3);
        a.CopyFrom(b);
        a.Disk.Put(Path.Combine(a.Store.DevicesPath, "bad.lora"), [1]);
        a.Poll();
        ForgottenProfile forgotten = a.Store.Forget();
        Assert.That(forgotten.Files, Has.Count.EqualTo(5), "two in devices, two in history, one aside");
        Assert.That(forgotten.Vector, Is.EqualTo(Vector((a.Storage.Device, 21), (b.Storage.Device, 10))));
        Assert.That(a.Store.Effective, Is.Null);
        Assert.That(a.Store.History, Is.Empty);
        Assert.That(a.Disk.Files(a.Store.DevicesPath).Select(Path.GetFileName), Is.EqualTo(new[] { a.Storage.Device + ".forgotten.lora" }));
    }

    [Test]
    public void OldCopies_DoNotBringThePlayerBack()
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        b.CopyFrom(a);
        b.Poll();
        b.Learn(2);
        string copy = Path.Combine(a.Store.DevicesPath, "old copy.lora");
        byte[] old = a.Disk.Contents()[a.OwnPath];
        a.Store.Forget();
        a.Disk.Put(copy, old);
        a.CopyFrom(b);
        Assert.That(a.Poll()!.Forgotten, Has.Count.EqualTo(3), "a's own file, its copy, and what b has learned from it without knowing");
        Assert.That(a.Store.Effective, Is.Null);
    }

    [Test]
    public void AnotherDevice_ForgetsToo_AndTellsTheHostToEraseTheLog()
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        b.CopyFrom(a);
        b.Poll();
        b.Learn(2);
        a.Store.Forget();
        b.CopyFrom(a);
        VersionVector from = b.Store.Effective!.Vector;
        SyncReport report = b.Poll()!;
        Assert.That(report.EffectiveChanged, Is.True);
        Assert.That(report.Forgotten, Is.Not.Empty);
        Assert.That(b.Store.Effective, Is.Null);
        Assert.That(b.Store.History, Is.Empty);
        Assert.That(() => b.Store.Save(Adapter(3), from, 1), Throws.TypeOf<ProfileForgottenException>(), "what was in training when the tombstone came");
    }

    [Test]
    public void WhatIsLearnedAnew_StartsFromTheTombstone_AndReachesEveryDevice()
    {
        using Installation a = new(), b = new();
        a.Learn(1);
        b.CopyFrom(a);
        b.Poll();
        b.Learn(2);
        byte[] old = b.Disk.Contents()[b.OwnPath];
        a.CopyFrom(b);
        a.Poll();
        a.Store.Forget();
        StoredGeneration anew = a.Learn(3);
        Assert.That(anew.Origin.Vector, Is.EqualTo(Vector((a.Storage.Device, 21), (b.Storage.Device, 10))), "ten, the deletion, ten");
        b.CopyFrom(a);
        b.Poll();
        b.Disk.Put(Path.Combine(b.Store.DevicesPath, "old.lora"), old);
        b.Poll();
        Assert.That(b.Store.Devices.Heads.Single().Origin, Is.EqualTo(anew.Origin));
    }

    [Test]
    public void ForgettingAnUnknownPlayer_LeavesATombstone()
    {
        using var installation = new Installation();
        ForgottenProfile forgotten = installation.Store.Forget();
        Assert.That(forgotten.Files, Is.Empty);
        Assert.That(installation.Store.Forgotten, Is.EqualTo(Vector((installation.Storage.Device, 1))));
    }

    [Test]
    public void ATombstoneThatACopierTakesAway_IsStoredAgain()
    {
        using var installation = new Installation();
        installation.Learn(1);
        installation.Store.Forget();
        installation.Disk.Delete(Path.Combine(installation.Store.DevicesPath, installation.Storage.Device + ".forgotten.lora"));
        installation.Poll();
        Assert.That(installation.Store.Devices.Files.Single().State, Is.EqualTo(DeviceFileState.Tombstone));
    }
}
