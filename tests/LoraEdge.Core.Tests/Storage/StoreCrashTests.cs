using LoraEdge.Tests.Sync;

namespace LoraEdge.Tests.Storage;

/// <summary>The power goes before every single operation of a scenario, and unsynced changes are lost, torn or kept.</summary>
public sealed class StoreCrashTests
{
    [Test]
    public void NoAdapterThatWasReportedStored_IsLost([Values] Unsynced writes, [Values] Unsynced names) => AtEveryOperation(Promotions, writes, names, RequireStored);

    [Test]
    public void ASecondLossOfPower_WhileOpening_LosesNothingEither([Values] Unsynced writes, [Values] Unsynced names) => AtEveryOperation(Promotions, writes, names, (found, told) =>
    {
        found.CrashAt(told.Operation % 14);
        try
        {
            using var opened = new Installation(found);
            opened.Poll();
        }
        catch (PowerLossException)
        {
            // Found again below.
        }

        RequireStored(found.AfterPowerLoss(writes, names, seed: 1), told);
    });

    [Test]
    public void NoForgottenPlayer_ComesBack([Values] Unsynced writes, [Values] Unsynced names) => AtEveryOperation(Forgetting, writes, names, (found, told) =>
    {
        using var again = new Installation(found);
        if (told.Forgot)
            Assert.That(again.Store.Effective?.Vector.Includes(again.Store.Forgotten) ?? true, Is.True);
        if (again.Store.Forgotten.Counts.Count > 0)
            Assert.That(again.Store.History.All(generation => generation.Origin.Vector.Includes(again.Store.Forgotten)), Is.True);
        Assert.That(told.Forgot && again.Store.Forgotten.Counts.Count == 0, Is.False);
        Assert.That(() => again.Learn(99), Throws.Nothing);
    });

    [Test]
    public void ASyncedFolder_IsReadableWhateverTheMoment([Values] Unsynced writes, [Values] Unsynced names) => AtEveryOperation(Syncing, writes, names, (found, told) =>
    {
        using var again = new Installation(found);
        if (told.Stored is { } stored)
            Assert.That(again.Store.Effective!.Vector.Includes(stored.Origin.Vector), Is.True);
        if (told.Damaged is { } damaged)
            Assert.That(found.Contents().Values.Any(bytes => bytes.SequenceEqual(damaged)), Is.True, "set aside, not deleted");
        Assert.That(again.Files().Where(path => path.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
    });

    private static void RequireStored(SimulatedDisk found, Told told)
    {
        using var again = new Installation(found);
        if (told.Stored is { } stored)
        {
            Assert.That(again.Store.Devices.Heads.Max(file => file.Origin.Generation), Is.GreaterThanOrEqualTo(stored.Number));
            Assert.That(again.Store.History.Select(generation => generation.Number), Does.Contain(stored.Number));
        }

        Assert.That(again.Store.Opening.Identity, Is.EqualTo(IdentityChange.None));
        Assert.That(again.Store.Opening.SetAside, Is.Empty);
        Assert.That(again.Files().Where(path => path.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
        StoredGeneration next = again.Learn(99);
        Assert.That(next.Number, Is.GreaterThan(told.Stored?.Number ?? 0));
        Assert.That(again.Store.Effective!.Adapter.Targets[0].B, Is.EqualTo(next.Adapter.Targets[0].B));
    }

    private static void Promotions(SimulatedDisk disk, Told told)
    {
        using var installation = new Installation(disk, new StorageSettings { Generations = 2 });
        for (int i = 0; i < 4; i++)
            told.Stored = installation.Learn(i);
        told.Stored = installation.Store.RollBack(installation.Store.History[0]);
    }

    private static void Forgetting(SimulatedDisk disk, Told told)
    {
        using var installation = new Installation(disk);
        installation.Learn(1);
        installation.Learn(2);
        installation.Store.Forget();
        told.Forgot = true;
        installation.Learn(3);
    }

    private static void Syncing(SimulatedDisk disk, Told told)
    {
        using var installation = new Installation(disk);
        told.Stored = installation.Learn(1);
        disk.Put(Path.Combine(installation.Store.DevicesPath, "b.lora"), Devices.File(Devices.B, 1, Devices.Vector((Devices.B, 5)), 2));
        byte[] damaged = [1, 2, 3, 4];
        disk.Put(Path.Combine(installation.Store.DevicesPath, "c.lora"), damaged);
        told.Damaged = damaged;
        installation.Poll();
        told.Stored = installation.Learn(3);
    }

    private static void AtEveryOperation(Action<SimulatedDisk, Told> scenario, Unsynced writes, Unsynced names, Action<SimulatedDisk, Told> check)
    {
        var whole = new SimulatedDisk();
        scenario(whole, new Told());
        for (int operation = 0; operation < whole.Operations; operation++)
        {
            var disk = new SimulatedDisk();
            disk.CrashAt(operation);
            var told = new Told { Operation = operation };
            Assert.That(() => scenario(disk, told), Throws.InstanceOf<PowerLossException>());
            check(disk.AfterPowerLoss(writes, names, seed: operation), told);
        }
    }

    /// <summary>What the program had reported when the power went.</summary>
    private sealed class Told
    {
        public StoredGeneration? Stored { get; set; }

        public int Operation { get; init; }

        public bool Forgot { get; set; }

        public byte[]? Damaged { get; set; }
    }
}
