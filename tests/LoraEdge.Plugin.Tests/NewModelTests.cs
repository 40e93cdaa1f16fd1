using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>The host ships another model: the base serves, and the player is learned anew from the records that were kept.</summary>
public sealed class NewModelTests
{
    [Test]
    public void AnAdapterOfAnotherProjection_IsListedAndTheRecordsAreLearnedAnew()
    {
        using var host = new Host();
        CalibratedProjection first = Calibrated(host.Model, 1), second = Calibrated(host.Model, 2);
        LoraEdgeOptions Options(CalibratedProjection projection) => Rounds.Options(host, new LoraFaTrainer()) with { Projection = projection };
        string old;
        using (LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(first)))
        {
            Profile profile = plugin.OpenProfile("ada");
            Rounds.Play(plugin, profile, 800, until: () => profile.Adaptation.Promotions > 0);
            Rounds.Play(plugin, profile, Rounds.Batch, seed: 2000);
            Assert.That(profile.Adaptation.Shadow, Is.Not.Null, "there is a candidate too");
            old = Path.Combine(host.Storage, host.StoredFiles.Single());
        }

        using LoraEdgePlugin later = LoraEdgePlugin.Load(Options(second));
        Profile anew = later.OpenProfile("ada");
        SyncReport? report = null;
        anew.Synced += (_, found) => report = found;
        later.Tick();

        Assert.That((anew.Adapter, anew.Adaptation.Shadow, anew.Adaptation.ScoredThrough), Is.EqualTo(((Adapter?)null, (ShadowScore?)null, 0L)));
        Assert.That(report!.Ignored.Select(file => file.Name), Is.EquivalentTo(new[] { Path.GetFileName(old), "learner.state" }));
        Assert.That(report.Ignored.Select(file => file.Reason), Has.All.Contains("another projection"));
        Assert.That(anew.ObsoleteFiles, Does.Contain(Path.GetFullPath(old)));
        Rounds.Settle(later, anew);
        Rounds.Play(later, anew, 800, seed: 3000, until: () => anew.Adapter is not null);
        Assert.That(anew.Adapter?.Projection.Seed, Is.EqualTo(second.Seed));
    }

    private static CalibratedProjection Calibrated(OnnxModel model, int seed) => CalibratedProjection.Create(
        model.Fingerprint, 2, AdaptableLayers.Find(model.Graph).Layers.Select(layer => new KeyValuePair<int, float[]>(layer.InitializerIndex, Numbers.Normal(2 * layer.AsWeight().InFeatures, seed))));

    [Test]
    public void TheRecords_AreLearnedAnewThroughTheGate()
    {
        using var host = new Host();
        string old;
        int recorded;
        using (LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(host)))
        {
            Profile profile = plugin.OpenProfile("ada");
            Rounds.Play(plugin, profile, 800, until: () => profile.Adaptation.Promotions > 0);
            (old, recorded) = (host.StoredFiles.Single(), profile.RecordCount);
        }

        TinyModels.Policy(seed: 5).Save(host.ModelPath);
        using LoraEdgePlugin later = LoraEdgePlugin.Load(Rounds.Options(host));
        Profile anew = later.OpenProfile("ada");
        Assert.That((anew.Adapter, anew.RecordCount, anew.Adaptation.ScoredThrough), Is.EqualTo(((Adapter?)null, recorded, 0L)));
        Assert.That(anew.ObsoleteFiles.Select(Path.GetFileName), Does.Contain(Path.GetFileName(old)));

        Rounds.Settle(later, anew);
        Assert.That(anew.Adaptation.TrainedThrough, Is.GreaterThan(recorded - Rounds.Batch), "without the host's doing");
        Rounds.Play(later, anew, 800, seed: 3000, until: () => anew.Adaptation.Promotions > 0);

        Assert.That(anew.Adapter?.Model, Is.EqualTo(later.Fingerprint));
        VersionVector vector = AdapterOrigin.Of(AdapterFile.Load(Path.Combine(host.Storage, old)), "own").Vector;
        Assert.That(vector[later.Device], Is.Positive.And.LessThanOrEqualTo(anew.RecordCount), "no record counts twice, though both models have learned from it");
        Assert.That(AdapterFile.Load(Path.Combine(host.Storage, old)).Model, Is.EqualTo(later.Fingerprint), "this device's file is the new model's");
        Assert.That(anew.DeleteObsoleteFiles(), Is.Not.Empty);
        Assert.That(anew.ObsoleteFiles, Is.Empty);
        Assert.That(anew.Adapter, Is.Not.Null);
    }
}
