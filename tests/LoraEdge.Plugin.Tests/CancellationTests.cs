using System.Diagnostics;

namespace LoraEdge.Plugin.Tests;

/// <summary>Ending training early: cancelled, or with the plugin.</summary>
public sealed class CancellationTests
{
    private Host _host = null!;
    private FakeTrainer _trainer = null!;
    private LoraEdgePlugin _plugin = null!;
    private ManualResetEventSlim _inside = null!;
    private ManualResetEventSlim _release = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        _trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { PlannedSteps = 1_000_000 };
        _plugin = _host.Load(_trainer);
        (_inside, _release) = (new(), new());
    }

    [TearDown]
    public void Close()
    {
        _release.Set();
        _plugin.Dispose();
        Host.WaitUntil(() => _trainer.Disposals == 1);
        _host.Dispose();
    }

    [Test]
    public void CancelTraining_BetweenTwoSteps_EndsWithoutAnAdapter()
    {
        Profile profile = Trainable("ada");
        TrainingResult? result = null;
        profile.Completed += (_, ended) => result = ended;
        profile.StartTraining();
        Host.WaitUntil(() => _trainer.Steps > 10);

        profile.CancelTraining();
        Host.TickUntil(_plugin, () => result is not null);

        Assert.That(result, Has.Property("IsCancelled").True.And.Property("Error").Null.And.Property("Adapter").Null);
        Assert.That((profile.Adapter, profile.IsTraining, _trainer.OpenSessions), Is.EqualTo(((Adapter?)null, false, 0)));
        Assert.That(_host.StoredFiles, Is.Empty);
    }

    [Test]
    public void CancelTraining_OfAProfileThatWaits_EndsAtOnce()
    {
        Profile busy = Trainable("ada"), waiting = Trainable("bob");
        busy.StartTraining();
        Host.WaitUntil(() => _trainer.Steps > 0);
        waiting.StartTraining();

        waiting.CancelTraining();
        Host.TickUntil(_plugin, () => !waiting.IsTraining);

        Assert.That(busy.IsTraining);
        Assert.That(_trainer.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void CancelTraining_WhenNoneGoesOn_DoesNothing() => Assert.That(() => Trainable("ada").CancelTraining(), Throws.Nothing);

    [Test]
    public void Dispose_InTheMiddleOfAStep_WaitsForTheStepAlone()
    {
        StopIn(step: 5);
        Trainable("ada").StartTraining();
        Assert.That(_inside.Wait(30_000));
        Task dispose = Task.Run(_plugin.Dispose);

        Assert.That(dispose.Wait(200), Is.False, "the step is still in progress");
        _release.Set();

        Assert.That(dispose.Wait(30_000));
        Assert.That((_trainer.Steps, _trainer.OpenSessions, _trainer.Disposals), Is.EqualTo((6, 0, 1)), "no step after the one in progress, and everything released");
    }

    [Test]
    public void Dispose_WhileASessionIsPrepared_DoesNotWait()
    {
        _trainer.OnStart = _ => Stop();
        Profile profile = Trainable("ada");
        profile.StartTraining();
        Assert.That(_inside.Wait(30_000));
        var watch = Stopwatch.StartNew();

        _plugin.Dispose();

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        _release.Set();
        Host.WaitUntil(() => _trainer.Disposals == 1);
        Assert.That((_trainer.Steps, _trainer.OpenSessions), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Dispose_WhileAnAdapterIsCompleted_StoresNothing()
    {
        var trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { OnComplete = Stop };
        LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(trainer) with { StorageFolder = Path.Combine(_host.Storage, "second") });
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);
        profile.StartTraining();
        Assert.That(_inside.Wait(30_000));

        plugin.Dispose();
        _release.Set();

        Host.WaitUntil(() => trainer.Disposals == 1);
        Assert.That(_host.StoredFiles, Is.Empty);
    }

    [Test]
    public void Dispose_WhileAnAdapterIsStored_LetsNoFileChangeAfterwards([Values] bool wholePlugin)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            var trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { PlannedSteps = 1 };
            LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(trainer) with { StorageFolder = Path.Combine(_host.Storage, "second") });
            Profile profile = plugin.OpenProfile($"player {attempt}");
            Host.Play(profile, 20);
            int before = _host.StoredFiles.Length;
            profile.StartTraining();
            SpinWait.SpinUntil(() => _host.StoredFiles.Length > before, 30_000);

            if (wholePlugin)
                plugin.Dispose();
            profile.Dispose();
            string[] after = _host.StoredFiles;
            plugin.Dispose();

            Host.WaitUntil(() => trainer.Disposals == 1);
            Assert.That(_host.StoredFiles, Is.EquivalentTo(after).And.None.EndsWith(".tmp"));
        }
    }

    [Test]
    public void Dispose_Everything_IsRefusedAfterwards()
    {
        Profile profile = Trainable("ada");
        _plugin.Dispose();
        _plugin.Dispose();
        profile.Dispose();

        Assert.That(() => profile.Infer(Host.Input(1)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => profile.StartTraining(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => profile.Record(Host.Input(1), Target.Class(0)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _plugin.OpenProfile("bob"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _plugin.Tick(), Throws.Nothing);
    }

    private Profile Trainable(string name)
    {
        Profile profile = _plugin.OpenProfile(name);
        Host.Play(profile, 20);
        return profile;
    }

    private void StopIn(int step) => _trainer.OnStep = at =>
    {
        if (at == step)
            Stop();
    };

    private void Stop()
    {
        _inside.Set();
        _release.Wait();
    }
}
