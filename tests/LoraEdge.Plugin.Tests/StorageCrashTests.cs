namespace LoraEdge.Plugin.Tests;

/// <summary>
/// The whole of a plugin's life on a disk that loses its power: record, train, promote, sync, forget. What was not synced is
/// lost, torn or kept, and what the host was told holds all the same.
/// </summary>
public sealed class StorageCrashTests
{
    private const int OneInSoMany = 16;

    private static readonly EncryptionKey s_key = new([.. Enumerable.Range(0, EncryptionKey.Length).Select(i => (byte)i)]);

    private static readonly string s_profile = Path.Combine(Path.GetFullPath("/store"), "profiles", CrashingHost.Player);

    private readonly Host _host = new();
    private EncryptionKey? _key;
    private Dictionary<string, byte[]> _other = [];

    [OneTimeSetUp]
    public void LearnOnAnotherDevice()
    {
        var disk = new SimulatedDisk();
        using var other = new CrashingHost(_host, disk);
        other.Open();
        other.Play(40);
        other.Train();
        _other = FilesOf(disk, "devices");
        other.Forget();
        foreach ((string name, byte[] file) in FilesOf(disk, "devices"))
            _other[name] = file;
    }

    [OneTimeTearDown]
    public void Remove() => _host.Dispose();

    [Test]
    public void WhatWasReported_Holds([Values] bool encrypted) => AtOperations(Live, OneInSoMany, encrypted);

    [Test]
    [Category("Full")]
    [Explicit("A minute: dotnet test --filter TestCategory=Full")]
    public void WhatWasReported_HoldsAtEveryOperation([Values] bool encrypted) => AtOperations(Live, 1, encrypted);

    [Test]
    public void APlayerForgottenElsewhere_IsForgottenHere([Values] bool encrypted) => AtOperations(BeForgottenElsewhere, OneInSoMany / 4, encrypted);

    [Test]
    [Category("Full")]
    [Explicit("A minute: dotnet test --filter TestCategory=Full")]
    public void APlayerForgottenElsewhere_IsForgottenHereAtEveryOperation([Values] bool encrypted) => AtOperations(BeForgottenElsewhere, 1, encrypted);

    private void Live(CrashingHost host)
    {
        host.Open();
        host.Play(24);
        host.Train();
        host.Receive(Adapter(), _other[Adapter()]);
        host.PlayUntilPromoted();
        Assert.That(host.Promotions, Is.Positive);
        host.Forget();
        host.Play(24);
        host.Train();
    }

    private void BeForgottenElsewhere(CrashingHost host)
    {
        host.Open();
        host.Play(24);
        host.Train();
        host.ReceiveTombstone(Tombstone(), _other[Tombstone()]);
    }

    private string Adapter() => _other.Keys.Single(name => !name.Contains("forgotten", StringComparison.Ordinal));

    private string Tombstone() => _other.Keys.Single(name => name.Contains("forgotten", StringComparison.Ordinal));

    private void AtOperations(Action<CrashingHost> life, int oneInSoMany, bool encrypted)
    {
        _key = encrypted ? s_key : null;
        var whole = new SimulatedDisk();
        using (var host = new CrashingHost(_host, whole, _key))
        {
            life(host);
            Assert.That(host.Failures, Is.Empty);
        }

        for (int operation = new Random(1).Next(oneInSoMany); operation < whole.Operations; operation += oneInSoMany)
            CrashAt(operation, life);
        TestContext.Out.WriteLine($"{(whole.Operations + oneInSoMany - 1) / oneInSoMany} of {whole.Operations} operations");
    }

    private void CrashAt(int operation, Action<CrashingHost> life)
    {
        var disk = new SimulatedDisk();
        disk.CrashAt(operation);
        using var told = new CrashingHost(_host, disk, _key);
        try
        {
            life(told);
        }
        catch (PowerLossException)
        {
            // What it was told before is what counts.
        }

        foreach (Unsynced writes in Enum.GetValues<Unsynced>())
        {
            bool mayTear = writes == Unsynced.Torn;
            foreach (Unsynced names in Enum.GetValues<Unsynced>())
            {
                string moment = $"operation {operation}, writes {writes}, names {names}";
                Check(disk.AfterPowerLoss(writes, names, operation), told, mayTear, moment);
                Check(AfterASecondLoss(disk.AfterPowerLoss(writes, names, operation), operation, writes, names), told, mayTear, moment + ", and again while opening");
            }
        }
    }

    private SimulatedDisk AfterASecondLoss(SimulatedDisk found, int operation, Unsynced writes, Unsynced names)
    {
        found.CrashAt(operation % 12);
        try
        {
            using LoraEdgePlugin plugin = LoraEdgePlugin.Load(CrashingHost.Options(_host, found, null, new FakeClock(), _key));
            plugin.OpenProfile(CrashingHost.Player);
        }
        catch (PowerLossException)
        {
            // Or none: opening took fewer operations.
        }

        return found.AfterPowerLoss(writes, names, operation + 1);
    }

    private void Check(SimulatedDisk found, CrashingHost told, bool mayTear, string moment)
    {
        LoraEdgeOptions options = CrashingHost.Options(_host, found, null, new FakeClock(), _key);
        bool isForgottenElsewhere = found.Contents().Keys.Any(path => path.EndsWith(Tombstone(), StringComparison.Ordinal));
        AdaptationStatus status = CheckServed(options, told, moment);
        using (InteractionLog log = InteractionLog.Open(Path.Combine(s_profile, "log"), ["x"], options.Log with { Key = _key }, found))
        {
            CheckRecords([.. log.Read().Select(record => record.Interaction.Weight)], told, isForgottenElsewhere, moment);
            Assert.That(status.ScoredThrough, Is.LessThanOrEqualTo(log.LastSequence), moment + ": scored what there is not");
        }

        // A torn segment may have no head that could be read: it is set aside.
        Assert.That(found.Contents().Keys.Select(Path.GetExtension), Has.None.EqualTo(".tmp").And.None.EqualTo(mayTear ? ".tmp" : ".damaged"), moment);
        if (told.ForgottenThrough == 0 || told.Answer is not null || told.Records.Count > 0)
            return;
        Assert.That(found.Contents().Keys.Select(Path.GetFileName), Has.None.EqualTo("session.state"), moment);
        Assert.That((status.ScoredThrough, status.Shadow), Is.EqualTo((0L, (ShadowScore?)null)), moment);
    }

    private static AdaptationStatus CheckServed(LoraEdgeOptions options, CrashingHost told, string moment)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(options);
        var reports = new List<SyncReport>();
        Profile profile = plugin.OpenProfile(CrashingHost.Player);
        profile.Synced += (_, report) => reports.Add(report);
        plugin.Tick();
        if (!told.IsForgetting)
            Assert.That(profile.Generation, Is.GreaterThanOrEqualTo(told.Generation), moment);
        if (profile.Generation == told.Generation && told.Answer is not null)
            Assert.That(Host.Answer(profile), Is.EqualTo(told.Answer), moment);
        Assert.That(reports.Select(report => report.Identity), Has.All.EqualTo(IdentityChange.None), moment);
        Assert.That(reports.SelectMany(report => report.SetAside), Is.Empty, moment);
        return profile.Adaptation;
    }

    private static void CheckRecords(float[] found, CrashingHost told, bool isForgottenElsewhere, string moment)
    {
        if (isForgottenElsewhere)
            Assert.That(found, Is.Empty, moment + ": forgotten elsewhere");
        else if (!told.IsForgetting)
            Assert.That(told.Records, Is.SubsetOf(found), moment);
        Assert.That(found, Has.None.LessThanOrEqualTo(told.ForgottenThrough), moment + ": forgotten");
    }

    private static Dictionary<string, byte[]> FilesOf(SimulatedDisk disk, string folder) =>
        disk.Contents().Where(file => Path.GetDirectoryName(file.Key) == Path.Combine(s_profile, folder)).ToDictionary(file => Path.GetFileName(file.Key), file => file.Value);
}
