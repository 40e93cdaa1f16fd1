using System.Diagnostics;

namespace LoraEdge.Plugin.Tests;

/// <summary>Ends of all kinds while a round goes on: nothing hangs, and no file changes afterwards.</summary>
public sealed class RoundEndTests
{
    private Host _host = null!;
    private FakeTrainer _trainer = null!;
    private ManualResetEventSlim _inside = null!;
    private ManualResetEventSlim _release = null!;

    [SetUp]
    public void Begin()
    {
        _host = new Host();
        _trainer = Fake(1_000_000);
        (_inside, _release) = (new(), new());
    }

    [TearDown]
    public void Close()
    {
        _release.Set();
        Host.WaitUntil(() => _trainer.Disposals == 1);
        _host.Dispose();
    }

    [Test]
    public void StartTraining_DuringARound_TrainsBehindIt()
    {
        _trainer = Fake(50);
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer));
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, Rounds.Batch);
        _trainer.OnStep = step =>
        {
            if (step == 25 && _trainer.Requests.Count == 1)
                Stop();
        };
        Host.TickUntil(plugin, () => _inside.IsSet);

        TrainingResult? result = null;
        profile.Completed += (_, ended) => result = ended;
        profile.StartTraining();
        _release.Set();
        Host.TickUntil(plugin, () => result is not null);

        Assert.That((result!.Error, _trainer.Requests.Count), Is.EqualTo(((Exception?)null, 2)));
        Assert.That((profile.Generation, profile.Adaptation.TrainedThrough, profile.Adaptation.Shadow), Is.EqualTo((1L, 16L, (ShadowScore?)null)), "the host has decided: the round's candidate goes");
        Assert.That(AdapterOrigin.Of(AdapterFile.Load(result.FilePath!), "own").Vector.Records, Is.EqualTo(16), "each record counts once");
    }

    [Test]
    public void Dispose_InTheMiddleOfARound_LetsNoFileChangeAfterwards([Values] bool wholePlugin, [Values("score", "start", "step", "complete")] string moment)
    {
        _trainer = Fake(20);
        LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer));
        Profile profile = plugin.OpenProfile("ada");
        if (moment == "score")
            Rounds.Play(plugin, profile, Rounds.Batch);
        StopAt(moment);
        Host.Play(profile, Rounds.Batch);
        Host.TickUntil(plugin, () => _inside.IsSet);
        var watch = Stopwatch.StartNew();

        Task ending = Task.Run(wholePlugin ? plugin.Dispose : profile.Dispose);
        if (moment == "step" && wholePlugin)
            _release.Set();
        Assert.That(ending.Wait(30_000), "it hangs");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        Dictionary<string, DateTime> after = Written();

        _release.Set();
        plugin.Dispose();
        Host.WaitUntil(() => _trainer.Disposals == 1);
        Assert.That(_trainer.OpenSessions, Is.Zero);
        if (wholePlugin)
            Assert.That(Written(), Is.EqualTo(after));
        else
            Assert.That(Written().Where(file => file.Key.Contains("profiles")), Is.EqualTo(after.Where(file => file.Key.Contains("profiles"))));
    }

    [Test]
    public void Forget_InTheMiddleOfARound_EndsItAndForgets([Values] bool isPaused, [Values] ScheduleMode mode)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer) with { Schedule = new ScheduleOptions { Mode = mode } });
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, Rounds.Batch);
        Host.TickUntil(plugin, () => _trainer.Steps > 2);
        plugin.IsTrainingPaused = isPaused;

        Task<ForgottenPlayer> forgetting = Task.Run(profile.Forget);
        Assert.That(forgetting.Wait(30_000), "it hangs");

        Assert.That((forgetting.Result.Records, profile.RecordCount, _trainer.OpenSessions), Is.EqualTo((16L, 0, 0)));
        Assert.That(profile.Adaptation.ScoredThrough, Is.Zero);
        plugin.IsTrainingPaused = false;
        for (int i = 0; i < 20; i++)
            plugin.Tick();
        Assert.That(profile.Adaptation.Error, Is.Null);
    }

    [Test]
    public void Forget_DoesNotWaitForTheTrainingOfAnotherProfile([Values] ScheduleMode mode)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer) with { Schedule = new ScheduleOptions { Mode = mode } });
        Profile busy = plugin.OpenProfile("ada"), other = plugin.OpenProfile("bob");
        Host.Play(busy, Rounds.Batch);
        Host.Play(other, 5);
        Host.TickUntil(plugin, () => _trainer.Steps > 2);
        plugin.IsTrainingPaused = true;

        Task<ForgottenPlayer> forgetting = Task.Run(other.Forget);

        Assert.That(forgetting.Wait(30_000), "it hangs");
        Assert.That((forgetting.Result.Records, busy.RecordCount, _trainer.OpenSessions), Is.EqualTo((5L, Rounds.Batch, 1)));
    }

    [Test]
    public void Dispose_InCooperativeModeWithoutATick_EndsTheRound()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer) with { Schedule = new ScheduleOptions { Mode = ScheduleMode.Cooperative } });
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, Rounds.Batch);
        plugin.Tick();
        Host.WaitUntil(() => _trainer.Steps == 3);

        Assert.That(Task.Run(plugin.Dispose).Wait(30_000), "it hangs");
    }

    [Test]
    public void AProfileThatIsOpenedAgainDuringARound_HasItsFilesForItself()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer));
        Profile profile = plugin.OpenProfile("ada");
        StopAt("start");
        Host.Play(profile, Rounds.Batch);
        Host.TickUntil(plugin, () => _inside.IsSet);
        profile.Dispose();
        _trainer.OnStart = null;

        Profile again = plugin.OpenProfile("ada");
        Assert.That(again.RecordCount, Is.EqualTo(Rounds.Batch));
        _release.Set();
        Host.TickUntil(plugin, () => _trainer.Steps > 10);

        Assert.That((again.Adaptation.Error, _trainer.OpenSessions), Is.EqualTo(((Exception?)null, 1)));
    }

    [Test]
    public void FramesWithAProfileAndRecords_AllocateNothing()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer) with { Adaptation = new AdaptationOptions { MinimumNewRecords = 1_000_000 } });
        Profile profile = plugin.OpenProfile("ada");
        Dictionary<string, HostTensor> input = Host.Input(1);
        Target target = Target.Class(2);

        long Frames(int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                profile.Record(input, target);
                plugin.Tick(default, TimeSpan.FromMilliseconds(4));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Frames(1000);
        Assert.That(Frames(1000), Is.Zero);
    }

    private FakeTrainer Fake(int steps) => new(() => Rounds.Numbered(_host, 1)) { PlannedSteps = steps };

    private void StopAt(string moment)
    {
        _trainer.OnScore = _ => StopIf(moment == "score");
        _trainer.OnStart = _ => StopIf(moment == "start");
        _trainer.OnComplete = () => StopIf(moment == "complete");
        if (moment == "step")
            _trainer.OnStep = step => StopIf(step == 5);
    }

    private void StopIf(bool holds)
    {
        if (holds)
            Stop();
    }

    private void Stop()
    {
        _inside.Set();
        _release.Wait();
    }

    private Dictionary<string, DateTime> Written() =>
        Directory.EnumerateFiles(_host.Storage, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);
}
