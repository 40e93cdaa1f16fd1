using System.Diagnostics.Metrics;

namespace LoraEdge.Plugin.Tests;

/// <summary>When training runs: paused, on a thread of low priority, or within the host's ticks.</summary>
public sealed class ScheduleTests
{
    private const int NiceField = 16;
    private const int PolicyField = 38;

    private Host _host = null!;
    private FakeTrainer _trainer = null!;

    [SetUp]
    public void Begin()
    {
        _host = new Host();
        _trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { PlannedSteps = 100 };
    }

    [TearDown]
    public void Close() => _host.Dispose();

    [Test]
    public void PausedTraining_StandsStillAndGoesOnWhereItWas()
    {
        _trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { PlannedSteps = 1_000_000 };
        using LoraEdgePlugin plugin = _host.Load(_trainer);
        Profile profile = Start(plugin);
        Host.WaitUntil(() => _trainer.Steps > 10);

        plugin.IsTrainingPaused = true;
        Assert.That(plugin.DutyCycle, Is.Zero);
        Host.WaitUntil(() => StandsStill());
        plugin.IsTrainingPaused = false;
        int before = _trainer.Steps;

        Host.WaitUntil(() => _trainer.Steps > before);
        Assert.That((profile.IsTraining, _trainer.Requests.Count), Is.EqualTo((true, 1)));
    }

    [Test]
    public void CriticalPower_PausesAndSavingPower_LowersTheDutyCycle()
    {
        using LoraEdgePlugin plugin = _host.Load(_trainer);

        plugin.Power = PowerState.Critical;
        Assert.That(plugin.DutyCycle, Is.Zero);
        plugin.Power = PowerState.Saving;
        Assert.That(plugin.DutyCycle, Is.EqualTo(0.2));
        plugin.Power = PowerState.Normal;
        Assert.That(plugin.DutyCycle, Is.EqualTo(1));
    }

    [Test]
    public void Dispose_WhileTrainingIsPaused_EndsIt()
    {
        using LoraEdgePlugin plugin = _host.Load(_trainer);
        plugin.IsTrainingPaused = true;
        Start(plugin);

        plugin.Dispose();

        Host.WaitUntil(() => _trainer.Disposals == 1);
        Assert.That(_trainer.OpenSessions, Is.Zero);
    }

    [Test]
    [Platform("Linux")]
    public void TheTrainingThread_HasTheLowestPriorityOfTheSystem()
    {
        string? nice = null;
        _trainer.OnStep = _ => nice = NiceOfThisThread();
        using LoraEdgePlugin plugin = _host.Load(_trainer);

        Host.Train(plugin, Recorded(plugin));

        Assert.That(nice, Is.EqualTo("19"));
        Assert.That(NiceOfThisThread(), Is.EqualTo("0"));
    }

    [Test]
    [Platform("Linux")]
    public void OnceTheHostReportsFrames_TheTrainingThreadRunsOnlyWhereNothingElseDoes()
    {
        string? policy = null;
        _trainer.OnStep = _ => policy = FieldOfThisThread(PolicyField);
        using LoraEdgePlugin plugin = _host.Load(_trainer);
        plugin.Tick(frameWork: TimeSpan.FromMilliseconds(4));

        Host.Train(plugin, Recorded(plugin));

        Assert.That(policy, Is.EqualTo("5"), "SCHED_IDLE");
    }

    [Test]
    public void InCooperativeMode_SlicesRunOnTheHostsThreadWithinTheBudget()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(1));
        Profile profile = Start(plugin);
        Host.WaitUntil(() => _trainer.Steps == 3);

        TickResult tick = FirstThatRuns(plugin, TimeSpan.FromMilliseconds(4));

        Assert.That((tick.Slices, tick.Used), Is.EqualTo((3, TimeSpan.FromMilliseconds(3))), "a fourth would be expected to end after 4.05 ms");
        Assert.That(_trainer.Threads, Does.Contain(Environment.CurrentManagedThreadId));
        while (profile.IsTraining)
            plugin.Tick(TimeSpan.FromMilliseconds(4));
        Assert.That(_trainer.Steps, Is.EqualTo(100));
        Assert.That(profile.Adapter, Is.Not.Null);
    }

    [Test]
    public void TheTimeThatIsLeft_FollowsFromThePace()
    {
        var clock = new FakeClock();
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(10));
        using LoraEdgePlugin plugin = Load(new ScheduleOptions { Clock = clock });
        var told = new List<TrainingProgress>();
        Profile profile = Recorded(plugin);
        profile.Progress += (_, progress) => told.Add(progress);

        Host.Train(plugin, profile);

        Assert.That(told, Is.Not.Empty);
        foreach (TrainingProgress progress in told.Where(progress => progress.Step > 1))
            Assert.That(progress.Remaining, Is.EqualTo(TimeSpan.FromMilliseconds(10 * (100 - progress.Step))));
    }

    [Test]
    public void ABudgetThatNoSliceFits_RunsNoneAndSaysSo()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(3));
        Start(plugin);
        Host.WaitUntil(() => _trainer.Steps == 3);
        FirstThatRuns(plugin, TimeSpan.FromMilliseconds(4));
        int before = _trainer.Steps;

        var budget = TimeSpan.FromMilliseconds(2);
        TickResult tick = default;
        for (int i = 0; i < 1000; i++)
            tick = plugin.Tick(budget);

        Assert.That(_trainer.Steps, Is.EqualTo(before));
        Assert.That(tick.IsTooSmall(budget));
        Assert.That(tick.NextSlice.TotalMilliseconds, Is.InRange(3, 3.3));
    }

    [Test]
    public void AnotherProgramThatTookTheProcessorAtTheStart_DoesNotKeepSlicesFromTicksForGood()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = step => clock.Advance(step < 3 ? TimeSpan.FromSeconds(20) : TimeSpan.FromMilliseconds(1));
        Profile profile = Start(plugin);

        FirstThatRuns(plugin, TimeSpan.FromMilliseconds(4));

        TrainToTheEnd(profile, () => plugin.Tick(TimeSpan.FromMilliseconds(4)));
    }

    [Test]
    public void WhereNoSliceFitsForSeconds_TheTrainingThreadRunsOneAtATime()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(50));
        Profile profile = Start(plugin);
        FirstThatRuns(plugin, TimeSpan.FromMilliseconds(200));
        int slices = 0;

        TrainToTheEnd(profile, () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            slices += plugin.Tick(TimeSpan.FromMilliseconds(4)).Slices;
        });

        Assert.That((_trainer.Steps, slices), Is.EqualTo((100, 0)), "training goes on, and no tick overruns");
    }

    [Test]
    public void SlicesThatWereSlowForAWhile_RunInTicksAgainOnceTheyAreFast()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        var slice = TimeSpan.FromMilliseconds(50);
        _trainer.OnStep = _ => clock.Advance(slice);
        Start(plugin);
        for (int slices = 0; slices < 40;)
            slices += FirstThatRuns(plugin, TimeSpan.FromMilliseconds(200)).Slices;

        slice = TimeSpan.FromMilliseconds(1);
        TickResult tick = default;
        Host.WaitUntil(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (tick = plugin.Tick(TimeSpan.FromMilliseconds(4))).Slices > 0;
        });

        Assert.That(tick.Slices, Is.EqualTo(3));
    }

    [Test]
    public void InCooperativeMode_TheBudgetDecidesAndNotTheFramesWork()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(1));
        Profile profile = Start(plugin);

        TrainToTheEnd(profile, () => plugin.Tick(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(8)));

        Assert.That(plugin.DutyCycle, Is.EqualTo(1));
    }

    [Test]
    public void WhilePowerIsScarce_TicksTrainAFifthOfTheTime()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = _ => clock.Advance(TimeSpan.FromMilliseconds(1));
        Start(plugin);
        FirstThatRuns(plugin, TimeSpan.FromMilliseconds(4));
        plugin.Power = PowerState.Saving;

        Assert.That(plugin.Tick(TimeSpan.FromMilliseconds(4)).Slices, Is.EqualTo(3));
        clock.Advance(TimeSpan.FromMilliseconds(11));
        Assert.That(plugin.Tick(TimeSpan.FromMilliseconds(4)).Slices, Is.Zero);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(plugin.Tick(TimeSpan.FromMilliseconds(4)).Slices, Is.EqualTo(3));
    }

    [Test]
    public void AnErrorInASliceOfATick_EndsTrainingAndNotTheTick()
    {
        var clock = new FakeClock();
        using LoraEdgePlugin plugin = Cooperative(clock);
        _trainer.OnStep = step =>
        {
            if (step == 5)
                throw new TrainingFailedException("The loss became NaN.");
        };
        Profile profile = Start(plugin);
        TrainingResult? result = null;
        profile.Completed += (_, ended) => result = ended;

        while (result is null)
            plugin.Tick(TimeSpan.FromMilliseconds(4));

        Assert.That(result.Error, Is.TypeOf<TrainingFailedException>());
    }

    [Test]
    public void CancelTraining_InCooperativeMode_EndsWithoutATick()
    {
        using LoraEdgePlugin plugin = Cooperative(new FakeClock());
        Profile profile = Start(plugin);
        Host.WaitUntil(() => _trainer.Steps == 3);

        profile.CancelTraining();
        Host.WaitUntil(() => _trainer.OpenSessions == 0);
        plugin.Tick();

        Assert.That(profile.IsTraining, Is.False);
    }

    [Test]
    public void SlicesAndTheDutyCycle_AreMeasured()
    {
        var seen = new HashSet<string>();
        int slices = 0;
        using var listener = new MeterListener { InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == "LoraEdge" && seen.Add(instrument.Name))
                own.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Interlocked.Add(ref slices, instrument.Name == "loraedge.training.slice.duration" && value >= 0 ? 1 : 0));
        listener.Start();
        using LoraEdgePlugin plugin = _host.Load(_trainer);

        Host.Train(plugin, Recorded(plugin));

        Assert.That(slices, Is.EqualTo(100));
        Assert.That(seen, Is.SupersetOf(new[] { "loraedge.training.slice.duration", "loraedge.adaptation.events", "loraedge.training.duty_cycle" }));
    }

    [Test]
    public void OptionsThatCannotWork_AreRefusedAtLoad()
    {
        Assert.That(() => Load(new ScheduleOptions { MaxDutyCycle = 0 }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("MaxDutyCycle is 0"));
        Assert.That(() => Load(new ScheduleOptions { AllowedFrameRise = double.NaN }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("AllowedFrameRise"));
        Assert.That(() => Load(new ScheduleOptions { Mode = (ScheduleMode)7 }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("Mode is 7"));
    }

    private static string NiceOfThisThread() => FieldOfThisThread(NiceField);

    /// <summary>A field of proc(5), stat, counted from the one behind the thread's name.</summary>
    private static string FieldOfThisThread(int field)
    {
        string status = File.ReadAllText("/proc/thread-self/stat");
        return status[(status.LastIndexOf(')') + 2)..].Split(' ')[field];
    }

    private LoraEdgePlugin Load(ScheduleOptions schedule) => LoraEdgePlugin.Load(_host.Options(_trainer) with { Schedule = schedule });

    private LoraEdgePlugin Cooperative(FakeClock clock) => Load(new ScheduleOptions { Mode = ScheduleMode.Cooperative, Clock = clock });

    private static Profile Recorded(LoraEdgePlugin plugin)
    {
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);
        return profile;
    }

    private static Profile Start(LoraEdgePlugin plugin)
    {
        Profile profile = Recorded(plugin);
        profile.StartTraining();
        return profile;
    }

    private static TickResult FirstThatRuns(LoraEdgePlugin plugin, TimeSpan budget)
    {
        TickResult tick = default;
        Host.WaitUntil(() => (tick = plugin.Tick(budget)).Slices > 0);
        return tick;
    }

    private static void TrainToTheEnd(Profile profile, Action tick)
    {
        Host.WaitUntil(() =>
        {
            tick();
            return !profile.IsTraining;
        });
        Assert.That(profile.Adapter, Is.Not.Null);
    }

    private bool StandsStill()
    {
        int steps = _trainer.Steps;
        Thread.Sleep(50);
        return _trainer.Steps == steps;
    }
}
