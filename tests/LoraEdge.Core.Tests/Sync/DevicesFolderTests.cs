using LoraEdge.Tests.Adapters;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

public sealed class DevicesFolderTests
{
    [Test]
    public void NoFolder_IsNoAdapter()
    {
        DevicesReport report = DevicesFolder.Read("/nowhere", files: new SimulatedDisk());
        Assert.That(report.Files, Is.Empty);
        Assert.That(report.Effective, Is.Null);
    }

    [Test]
    public void AFileThatAnotherIncludes_IsSuperseded()
    {
        DevicesReport report = Read(("a.lora", Devices.File(A, 1, Vector((A, 10)), 1)), ("b.lora", Devices.File(B, 1, Vector((A, 10), (B, 5)), 2)));
        Assert.That(report.Named("a.lora").State, Is.EqualTo(DeviceFileState.Superseded));
        Assert.That(report.Named("a.lora").Reason, Does.Contain("b.lora"));
        Assert.That(report.Heads.Single().Name, Is.EqualTo("b.lora"));
        Assert.That(report.Heads.Single().Weight, Is.EqualTo(1));
    }

    [Test]
    public void ConcurrentFiles_AreHeads_WithWeightsThatSumToOne()
    {
        DevicesReport report = Read(("a.lora", Devices.File(A, 2, Vector((A, 10), (B, 1)), 1)), ("b.lora", Devices.File(B, 2, Vector((A, 5), (B, 9)), 2)));
        Assert.That(report.Heads.Select(file => file.Name), Is.EqualTo(new[] { "a.lora", "b.lora" }));
        Assert.That(report.Heads.Sum(file => file.Weight), Is.EqualTo(1).Within(1e-12));
        Assert.That(report.Heads[0].Weight, Is.EqualTo((2.5 + 5 + 0.5) / 19).Within(1e-12));
    }

    [TestCase("a (conflicted copy 2026-01-01).lora")]
    [TestCase("a-DESKTOP.lora")]
    [TestCase("a.sync-conflict-20260101-120000-ABCDEFG.LORA")]
    public void AConflictCopy_IsWhatItsContentIs(string name)
    {
        byte[] old = Devices.File(A, 1, Vector((A, 10)), 1), present = Devices.File(A, 2, Vector((A, 8)), 2);
        Assert.That(Read(("a.lora", present), (name, old)).Named(name).State, Is.EqualTo(DeviceFileState.Superseded), "an older generation of the same device, whatever its vector");
        Assert.That(Read(("a.lora", old), (name, present)).Named(name).State, Is.EqualTo(DeviceFileState.Head));
        Assert.That(Read(("a.lora", old), (name, old)).Files.Count(file => file.State == DeviceFileState.Head), Is.EqualTo(1), "the same content twice");
    }

    [Test]
    public void AnotherGenerationOfADevice_DoesNotHideWhatItDoesNotInclude()
    {
        // A took B in, and then went back to what it had before.
        DevicesReport report = Read(("old.lora", Devices.File(A, 5, Vector((A, 20), (B, 5)), 1)), ("new.lora", Devices.File(A, 6, Vector((A, 21)), 2)), ("b.lora", Devices.File(B, 1, Vector((B, 5)), 3)));
        Assert.That(report.Heads.Select(file => file.Name), Is.EqualTo(new[] { "new.lora", "b.lora" }));
    }

    [Test]
    public void TheSameGenerationWithOtherContent_IsAClone_AndBothCount()
    {
        DevicesReport report = Read(("a.lora", Devices.File(A, 3, Vector((A, 10)), 1)), ("b.lora", Devices.File(A, 3, Vector((A, 12)), 2)));
        Assert.That(report.Files.Select(file => file.State), Is.All.EqualTo(DeviceFileState.Clone));
        Assert.That(report.Named("a.lora").Weight, Is.EqualTo(5.0 / 12).Within(1e-12));
    }

    [Test]
    public void AdaptersThatDoNotFitTheOthers_AreIgnoredWithTheReason()
    {
        (string, byte[])[] files =
        [
            ("a.lora", Devices.File(A, 1, Vector((A, 100)), 1)),
            ("model.lora", Devices.File(Samples.With(Adapter(2), model: Samples.OtherModel), B, 1, Vector((B, 1)))),
            ("projection.lora", Devices.File(Samples.With(Adapter(2), projection: new Projection { Kind = ProjectionKind.Seeded, Seed = 9, Crc32 = 9 }), C, 1, Vector((C, 1)))),
            ("rank.lora", Devices.File(Samples.With(Adapter(2, rank: 2), projection: Adapter(1).Projection), D, 1, Vector((D, 1)))),
            ("weights.lora", Devices.File(Samples.With(Adapter(2), targets: [.. Adapter(2).Targets.Take(2)]), Id(5), 1, Vector((Id(5), 1)))),
        ];
        DevicesReport report = Read(files);
        Assert.That(report.Heads.Single().Name, Is.EqualTo("a.lora"));
        Assert.That(report.Named("model.lora").Reason, Does.Contain("another model"));
        Assert.That(report.Named("projection.lora").Reason, Does.Contain("another projection"));
        Assert.That(report.Named("rank.lora").Reason, Does.Contain("rank 2, not 1"));
        Assert.That(report.Named("weights.lora").Reason, Does.Contain("other weights"));
        Assert.That(report.Effective!.Vector, Is.EqualTo(Vector((A, 100))));
        Assert.That(Read(new WantedAdapter { Model = Samples.OtherModel }, files).Heads.Single().Name, Is.EqualTo("model.lora"), "the host says which model it has");
    }

    [Test]
    public void TheHostsProjection_DecidesWhateverTheOthersHave_AndOneOfItsOwnFitsAny()
    {
        Projection calibrated = new() { Kind = ProjectionKind.Calibrated, Seed = 42, Crc32 = 1 };
        (string, byte[])[] files =
        [
            ("seeded.lora", Devices.File(A, 1, Vector((A, 10)), 1)),
            ("calibrated.lora", Devices.File(Samples.With(Adapter(2), projection: calibrated), B, 1, Vector((B, 100)))),
            ("explicit.lora", Devices.File(Samples.Explicit(), C, 1, Vector((C, 1)))),
        ];

        DevicesReport report = Read(new WantedAdapter { Source = new SeededProjection(42) }, files);

        Assert.That(report.Named("calibrated.lora").Reason, Does.Contain("another projection"));
        Assert.That(report.Heads.Single().Name, Is.EqualTo("seeded.lora"), "of those that fit, more records decide");
        Assert.That(Read(new WantedAdapter { Source = new SeededProjection(9) }, files).Heads.Single().Name, Is.EqualTo("explicit.lora"));
    }

    [Test]
    public void DamagedFiles_AreTold_AndChangeNothing()
    {
        byte[] good = Devices.File(A, 1, Vector((A, 10)), 1), bad = Devices.File(B, 1, Vector((B, 10)), 2);
        bad[60] ^= 1;
        DevicesReport report = Read(("a.lora", good), ("b.lora", bad), ("c.lora", []), ("d.lora", good[..50]));
        Assert.That(report.Files.Count(file => file.State == DeviceFileState.Damaged), Is.EqualTo(3));
        Assert.That(report.Effective!.Bytes.ToArray(), Is.EqualTo(Read(good).Effective!.Bytes.ToArray()));
    }

    [Test]
    public void AFileOfANewerVersion_IsIgnored_NotDamaged()
    {
        byte[] file = new RawAdapter { Version = [2] }.Build(), extension = new RawAdapter { Extensions = [0x81, .. RawAdapter.Extension(8, 1)] }.Build();
        Assert.That(Read(file, extension).Files.Select(read => read.State), Is.All.EqualTo(DeviceFileState.Ignored));
    }

    [Test]
    public void OtherFiles_AreLeftOut() => Assert.That(Read(("readme.txt", [1]), ("a.lora.1234abcd.tmp", [1])).Files, Is.Empty);

    [Test]
    public void ATombstone_SupersedesWhatItCovers_AndWhatHasNotSeenIt()
    {
        VersionVector deleted = Vector((A, 11), (B, 5));
        (string, byte[])[] files =
        [
            ("t.lora", Tombstone(A, 7, deleted)),
            ("old.lora", Devices.File(A, 6, Vector((A, 10), (B, 5)), 1)),
            ("unaware.lora", Devices.File(B, 9, Vector((A, 10), (B, 8)), 2)),
            ("new.lora", Devices.File(A, 8, Vector((A, 12), (B, 5)), 3)),
        ];
        DevicesReport report = Read(files);
        Assert.That(report.Forgotten, Is.EqualTo(deleted));
        Assert.That(report.Heads.Single().Name, Is.EqualTo("new.lora"));
        Assert.That(report.Named("old.lora").Reason, Does.Contain("forgotten"));
        Assert.That(report.Named("unaware.lora").Reason, Does.Contain("forgotten"));
        Assert.That(report.Named("t.lora").State, Is.EqualTo(DeviceFileState.Tombstone));
    }

    [Test]
    public void AfterATombstone_OnlyNewRecordsCount()
    {
        DevicesReport report = Read(("t.lora", Tombstone(A, 7, Vector((A, 101), (B, 50)))),
            ("a.lora", Devices.File(A, 8, Vector((A, 131), (B, 50)), 3)), ("b.lora", Devices.File(B, 8, Vector((A, 101), (B, 60)), 3)));
        Assert.That(report.Named("a.lora").Weight, Is.EqualTo(0.75));
    }

    [Test]
    public void ThousandsOfInventedDevices_AreLeftOut_AndKeepNobodyOut()
    {
        byte[] Hostile(int from) => Devices.File(Id(from), 1, Vector([.. Enumerable.Range(from, 800).Select(i => (Id(i), 1L))]), from);
        DevicesReport report = Read(("honest.lora", Devices.File(Id(9999), 1, Vector((Id(9999), 3)), 1)), ("x.lora", Hostile(1)), ("y.lora", Hostile(1001)));
        Assert.That(report.Named("honest.lora").State, Is.EqualTo(DeviceFileState.Head));
        Assert.That(report.Files.Count(file => file.State == DeviceFileState.Ignored), Is.EqualTo(1));
        Assert.That(report.Effective!.Vector.Counts.Count, Is.LessThanOrEqualTo(SyncLimits.MaxMergedDevices));
    }

    [Test]
    public void TooManyFiles_AreNotRead()
    {
        byte[] file = Devices.File(A, 1, Vector((A, 1)), 1);
        DevicesReport report = Read([.. Enumerable.Range(0, SyncLimits.MaxFiles + 3).Select(i => ($"{i:D4}.lora", file))]);
        Assert.That(report.Files.Count(read => read.State == DeviceFileState.Ignored), Is.EqualTo(3));
    }

    [Test]
    public void AdaptersThatTellNothing_CountAlike()
    {
        DevicesReport report = Read(AdapterFile.Write(Adapter(1)), AdapterFile.Write(Adapter(2)));
        Assert.That(report.Heads.Select(file => file.Weight), Is.EqualTo(new[] { 0.5, 0.5 }));
        Assert.That(report.Effective!.Vector, Is.EqualTo(VersionVector.Empty));
    }
}
