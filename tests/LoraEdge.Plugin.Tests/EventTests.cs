namespace LoraEdge.Plugin.Tests;

/// <summary>What the background has to tell reaches the host inside Tick, on the thread that calls it.</summary>
public sealed class EventTests
{
    private Host _host = null!;
    private FakeTrainer _trainer = null!;
    private LoraEdgePlugin _plugin = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        _trainer = new FakeTrainer(() => RandomAdapter.For(_host.Model)) { PlannedSteps = 50 };
        _plugin = _host.Load(_trainer);
    }

    [TearDown]
    public void Close()
    {
        _plugin.Dispose();
        _host.Dispose();
    }

    [Test]
    public void Events_WithoutTick_AreNotRaised()
    {
        Profile profile = Trainable("ada");
        var raised = new List<(string Event, int Thread)>();
        profile.Progress += (_, _) => raised.Add(("progress", Environment.CurrentManagedThreadId));
        profile.Completed += (_, _) => raised.Add(("completed", Environment.CurrentManagedThreadId));

        profile.StartTraining();
        Host.WaitUntil(() => profile.Adapter is not null);
        Assert.That(raised, Is.Empty);
        Assert.That(profile.IsTraining, "the host was not told yet");
        Host.TickUntil(_plugin, () => !profile.IsTraining);

        int here = Environment.CurrentManagedThreadId;
        Assert.That(raised, Is.EqualTo(new[] { ("progress", here), ("completed", here) }));
        Assert.That(_trainer.Threads, Has.Count.EqualTo(1).And.None.EqualTo(here));
    }

    [Test]
    public void Progress_OfManySteps_IsRaisedOnceWithTheLatestFigures()
    {
        Profile profile = Trainable("ada");
        var steps = new List<long>();
        profile.Progress += (_, progress) => steps.Add(progress.Step);
        profile.StartTraining();
        Host.WaitUntil(() => profile.Adapter is not null);

        Assert.That(profile.TrainingProgress.Step, Is.EqualTo(50));
        _plugin.Tick();

        Assert.That(steps, Is.EqualTo(new long[] { 50 }));
    }

    [Test]
    public void Progress_BetweenTicks_IsRaisedAgain()
    {
        using var go = new SemaphoreSlim(0);
        _trainer.OnStep = _ => go.Wait();
        Profile profile = Trainable("ada");
        var steps = new List<long>();
        profile.Progress += (_, progress) => steps.Add(progress.Step);
        profile.StartTraining();

        for (int step = 1; step <= 3; step++)
        {
            go.Release();
            Host.TickUntil(_plugin, () => steps.Contains(step));
        }

        go.Release(50);
        Host.TickUntil(_plugin, () => !profile.IsTraining);
        Assert.That(steps, Is.Ordered.And.Unique);
    }

    [Test]
    public void Completed_CanStartTrainingAgain()
    {
        Profile profile = Trainable("ada");
        int completed = 0;
        profile.Completed += (_, _) =>
        {
            Assert.That(profile.IsTraining, Is.False);
            if (++completed == 1)
                profile.StartTraining();
        };

        profile.StartTraining();

        Host.TickUntil(_plugin, () => completed == 2);
        Assert.That(_trainer.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public void Tick_HandlerThatThrows_LosesNoOtherEvent()
    {
        Profile profile = Trainable("ada");
        bool completed = false;
        profile.Progress += (_, _) => throw new FormatException("a handler's own");
        profile.Completed += (_, _) => completed = true;
        profile.StartTraining();
        Host.WaitUntil(() => profile.Adapter is not null);

        Assert.That(() => _plugin.Tick(), Throws.TypeOf<FormatException>());
        Host.TickUntil(_plugin, () => completed);
    }

    [Test]
    public void Events_OfADisposedProfile_AreNotRaised()
    {
        Profile profile = Trainable("ada"), other = Trainable("bob");
        profile.Completed += (_, _) => Assert.Fail("the profile is closed");
        profile.StartTraining();
        Host.WaitUntil(() => profile.Adapter is not null);

        profile.Dispose();

        Assert.That(Host.Train(_plugin, other).Adapter, Is.Not.Null);
    }

    private Profile Trainable(string name)
    {
        Profile profile = _plugin.OpenProfile(name);
        Host.Play(profile, 20);
        return profile;
    }
}
