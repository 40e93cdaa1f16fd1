namespace LoraEdge.Plugin.Tests;

/// <summary>Two installations of one player, whose devices folders a copier keeps alike.</summary>
public sealed class DevicesTests
{
    private Host _first = null!;
    private Host _second = null!;

    [SetUp]
    public void Begin() => (_first, _second) = (new Host(), new Host());

    [TearDown]
    public void Close()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Test]
    public void ADeviceWithNothingOfItsOwn_ServesWhatComes()
    {
        using LoraEdgePlugin first = Load(_first, Better(_first)), second = Load(_second, Better(_second));
        Profile one = first.OpenProfile("ada"), other = second.OpenProfile("ada");
        List<AdaptationNews> news = Rounds.News(other);
        Promote(first, one);

        Copy(_first, _second);
        Host.TickUntil(second, () => news.Count > 0);

        Assert.That(news.Single().Kind, Is.EqualTo(AdaptationEvent.Synced));
        Assert.That(Host.Answer(other), Is.EqualTo(Host.Answer(one)));
        Assert.That(other.Generation, Is.Zero);
    }

    [Test]
    public void WhatCameWhileTheAppWasClosed_IsServedOrACandidateWhenTheProfileIsOpened()
    {
        using (LoraEdgePlugin first = Load(_first, Better(_first)), second = Load(_second, Better(_second)))
        {
            Promote(first, first.OpenProfile("ada"));
            Promote(second, second.OpenProfile("ada"));
        }

        Copy(_first, _second);
        using LoraEdgePlugin later = Load(_second, Better(_second));
        Profile profile = later.OpenProfile("ada");
        List<AdaptationNews> news = Rounds.News(profile);
        later.Tick();

        Assert.That(news.ConvertAll(one => one.Kind), Does.Contain(AdaptationEvent.Synced));
        Assert.That(profile.Adaptation.Shadow, Is.Not.Null);
        later.Dispose();
        using LoraEdgePlugin again = Load(_second, Better(_second));
        Rounds.News(profile = again.OpenProfile("ada")).Clear();
        again.Tick();
        Assert.That(profile.Adaptation.Shadow, Is.Not.Null, "and it still is after a restart, without being news again");
    }

    [Test]
    public void ADeviceWithItsOwn_TakesTheMergeAsACandidate()
    {
        using LoraEdgePlugin first = Load(_first, Better(_first)), second = Load(_second, Better(_second));
        Profile one = first.OpenProfile("ada"), other = second.OpenProfile("ada");
        Promote(first, one);
        Promote(second, other);
        byte[] before = Host.Answer(other);
        List<AdaptationNews> news = Rounds.News(other);

        Copy(_first, _second);
        Host.TickUntil(second, () => news.Any(one => one.Kind == AdaptationEvent.Synced));
        Assert.That(Host.Answer(other), Is.EqualTo(before), "the gate decides");
        Rounds.Play(second, other, 8 * Rounds.Batch, seed: 3000, until: () => other.Adaptation.Promotions > 1);

        Assert.That(other.Generation, Is.EqualTo(2));
        AdapterOrigin origin = AdapterOrigin.Of(AdapterFile.Load(Path.Combine(_second.Storage, "profiles", "ada", "devices", $"{second.Device}.lora")), "own");
        Assert.That(origin.Vector[first.Device], Is.Positive, "it has grown from the other's");
    }

    [Test]
    public void Forget_OnOneDevice_ErasesOnTheOther()
    {
        using LoraEdgePlugin first = Load(_first, Better(_first)), second = Load(_second, Better(_second));
        Profile one = first.OpenProfile("ada"), other = second.OpenProfile("ada");
        Promote(first, one);
        Promote(second, other);
        Copy(_first, _second);
        Copy(_second, _first);
        using var old = new TemporaryFolder();
        CopyFolder(Devices(_first), old.Root);

        ForgottenPlayer forgotten = one.Forget();
        Assert.That((forgotten.Files.Count > 0, forgotten.Records > 0, one.RecordCount, one.Adapter), Is.EqualTo((true, true, 0, (Adapter?)null)));
        List<AdaptationNews> news = Rounds.News(other);
        Copy(_first, _second);
        Host.TickUntil(second, () => news.Any(one => one.Kind == AdaptationEvent.Forgotten));

        Assert.That((other.RecordCount, other.Adapter, other.Adaptation.ScoredThrough), Is.EqualTo((0, (Adapter?)null, 0L)));
        CopyFolder(old.Root, Devices(_second));
        SyncReport? report = null;
        other.Synced += (_, found) => report = found;
        Host.TickUntil(second, () => report?.Forgotten.Count > 0);
        Assert.That((other.Adapter, other.Generation), Is.EqualTo(((Adapter?)null, 0L)), "old copies do not come back");

        Rounds.Play(second, other, 10 * Rounds.Batch, until: () => other.Generation > 0);
        Assert.That(other.Adapter, Is.Not.Null, "the player can be learned anew");
    }

    [Test]
    public void Forget_ReachesADeviceThatHasRecordsAndNoAdapter()
    {
        using LoraEdgePlugin first = Load(_first, Better(_first));
        using (LoraEdgePlugin second = Load(_second, Better(_second)))
            Host.Play(second.OpenProfile("ada"), 5);
        Profile one = first.OpenProfile("ada");
        Promote(first, one);
        one.Forget();

        Copy(_first, _second);
        using LoraEdgePlugin later = Load(_second, Better(_second));
        Profile other = later.OpenProfile("ada");

        Assert.That(other.RecordCount, Is.Zero);
        Host.Play(other, 3);
        other.Dispose();
        Assert.That(later.OpenProfile("ada").RecordCount, Is.EqualTo(3), "once and not again");
    }

    [Test]
    public void ASecondPlugin_OnTheSameFolder_ServesAndStoresNothing()
    {
        using LoraEdgePlugin first = Load(_first, Better(_first));
        Profile one = first.OpenProfile("ada");
        using LoraEdgePlugin second = Load(_first, Better(_first));
        Profile other = second.OpenProfile("ada");
        Assert.That((first.IsReadOnly, second.IsReadOnly), Is.EqualTo((false, true)));
        Promote(first, one);
        Host.TickUntil(second, () => other.Adapter is not null);
        Assert.That(Host.Answer(other), Is.EqualTo(Host.Answer(one)), "what the first stores");

        Dictionary<string, DateTime> before = Written();
        Host.Play(other, 3 * Rounds.Batch);
        for (int i = 0; i < 30; i++)
        {
            second.Tick();
            Thread.Sleep(1);
        }

        Assert.That(Written(), Is.EqualTo(before));
        Assert.That(other.Adaptation.Error, Is.Null);
        Assert.That(() => other.Forget(), Throws.TypeOf<StoreReadOnlyException>());
    }

    /// <summary>A trainer whose adapters are all better than the base, later ones more so.</summary>
    private static FakeTrainer Better(Host host)
    {
        FakeTrainer trainer = Rounds.Numbered(host);
        trainer.Loss = adapter => adapter is null ? 1 : 0.6 - (0.1 * Math.Min(adapter.Training.Steps, 5));
        return trainer;
    }

    private static LoraEdgePlugin Load(Host host, IAdapterTrainer trainer) => LoraEdgePlugin.Load(Rounds.Options(host, trainer) with { SyncInterval = TimeSpan.FromMilliseconds(1) });

    private static void Promote(LoraEdgePlugin plugin, Profile profile)
    {
        Rounds.Play(plugin, profile, 20 * Rounds.Batch, until: () => profile.Adaptation.Promotions > 0);
        Assert.That(profile.Generation, Is.EqualTo(1));
    }

    private static string Devices(Host host) => Path.Combine(host.Storage, "profiles", "ada", "devices");

    private static void Copy(Host from, Host to) => CopyFolder(Devices(from), Devices(to));

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private Dictionary<string, DateTime> Written() =>
        Directory.EnumerateFiles(_first.Storage, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);
}
