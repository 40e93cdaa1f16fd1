namespace LoraEdge.Tests.Storage;

/// <summary>The disk that other tests take the power from loses what a disk may lose, and nothing else.</summary>
public sealed class SimulatedDiskTests
{
    private const string Folder = "/disk";
    private static readonly string s_a = Path.Combine(Folder, "a"), s_b = Path.Combine(Folder, "b");

    [Test]
    public void WhatWasSynced_IsThereWhateverBecomesOfTheRest([Values] Unsynced writes, [Values] Unsynced names)
    {
        SimulatedDisk disk = WithFile(s_a, [1, 2, 3]);
        for (int seed = 0; seed < 20; seed++)
            Assert.That(disk.AfterPowerLoss(writes, names, seed).Contents()[s_a], Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void AnUnsyncedWrite_IsLostTornOrKept()
    {
        SimulatedDisk disk = WithFile(s_a, [1, 2]);
        using (IFileWriter writer = disk.Append(s_a))
            writer.Write([3, 4, 5, 6]);
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Lost).Contents()[s_a], Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(disk.AfterPowerLoss(Unsynced.Kept, Unsynced.Lost).Contents()[s_a], Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        byte[][] torn = [.. Enumerable.Range(0, 200).Select(seed => disk.AfterPowerLoss(Unsynced.Torn, Unsynced.Lost, seed).Contents()[s_a])];
        Assert.That(torn.All(bytes => bytes.AsSpan().StartsWith(new byte[] { 1, 2 })), Is.True);
        Assert.That(torn.Select(bytes => bytes.Length).Distinct(), Is.EquivalentTo(new[] { 2, 3, 4, 5, 6 }));
        Assert.That(torn.Any(bytes => bytes.SequenceEqual(new byte[] { 1, 2, 3, 0 })), Is.True);
    }

    [Test]
    public void AnUnsyncedRename_IsUndoneOrKept_NeverHalf()
    {
        SimulatedDisk disk = WithFile(s_a, [1]);
        disk.Replace(s_a, s_b);
        Assert.That(disk.AfterPowerLoss(Unsynced.Kept, Unsynced.Lost).Contents().Keys, Is.EqualTo(new[] { s_a }));
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Kept).Contents().Keys, Is.EqualTo(new[] { s_b }));
        Assert.That(Enumerable.Range(0, 50).Select(seed => disk.AfterPowerLoss(Unsynced.Torn, Unsynced.Torn, seed).Contents().Keys.Single()).Distinct(), Is.EquivalentTo(new[] { s_a, s_b }));
    }

    [Test]
    public void ARenameOverAFile_WithoutASync_MayLeaveTheNewNameEmpty()
    {
        SimulatedDisk disk = WithFile(s_a, [1]);
        using (IFileWriter writer = disk.Create(s_b))
            writer.Write([2]);
        disk.Replace(s_b, s_a);
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Kept).Contents()[s_a], Is.Empty);
    }

    [Test]
    public void AnUnsyncedDelete_MayBeUndone()
    {
        SimulatedDisk disk = WithFile(s_a, [1]);
        disk.Delete(s_a);
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Lost).FileExists(s_a), Is.True);
        disk.SyncFolder(Folder);
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Lost).FileExists(s_a), Is.False);
    }

    [Test]
    public void EveryOperationFromTheCrashOn_Throws()
    {
        SimulatedDisk disk = WithFile(s_a, [1]);
        disk.CrashAt(disk.Operations + 1);
        using IFileWriter writer = disk.Append(s_a);
        Assert.That(() => writer.Write([2]), Throws.InstanceOf<PowerLossException>());
        Assert.That(() => disk.FileExists(s_a), Throws.InstanceOf<PowerLossException>());
        Assert.That(disk.Crashed, Is.True);
        Assert.That(disk.AfterPowerLoss(Unsynced.Kept, Unsynced.Kept).Contents()[s_a], Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public void ALock_IsHeldOnceAndEndsWithThePower()
    {
        SimulatedDisk disk = WithFile(s_a, []);
        using IDisposable? held = disk.TryLock(s_b, "me");
        Assert.That(disk.TryLock(s_b, "you"), Is.Null);
        Assert.That(disk.LockOwner(s_b), Is.EqualTo("me"));
        Assert.That(disk.AfterPowerLoss(Unsynced.Lost, Unsynced.Lost).TryLock(s_b, "you"), Is.Not.Null);
    }

    private static SimulatedDisk WithFile(string path, byte[] content)
    {
        var disk = new SimulatedDisk();
        disk.CreateFolder(Folder);
        using (IFileWriter writer = disk.Create(path))
        {
            writer.Write(content);
            writer.Sync();
        }

        disk.SyncFolder(Folder);
        return disk;
    }
}
