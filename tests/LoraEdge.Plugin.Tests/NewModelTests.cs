namespace LoraEdge.Plugin.Tests;

/// <summary>The host ships another model: the base serves, and the player is learned anew from the records that were kept.</summary>
public sealed class NewModelTests
{
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
        Assert.That(AdapterFile.Load(Path.Combine(host.Storage, old)).Model, Is.EqualTo(later.Fingerprint), "this device's file is the new model's");
        Assert.That(anew.DeleteObsoleteFiles(), Is.Not.Empty);
        Assert.That(anew.ObsoleteFiles, Is.Empty);
        Assert.That(anew.Adapter, Is.Not.Null);
    }
}
