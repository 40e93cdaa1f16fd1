using NUnit.Framework;
using Rival.Play;
using Rival.Policy;

namespace Rival.Tests.Play;

/// <summary>A session whose frames the test runs, on a store of its own. Training is paused, so that a frame depends on the orders alone.</summary>
internal sealed class SteppedSession : IDisposable, IOrderSource
{
    private readonly Scratch _scratch;
    private readonly bool _ownsScratch;
    private readonly RivalIntegration _integration;
    private readonly RivalSession _session;

    internal SteppedSession(Scratch? scratch = null)
    {
        (_scratch, _ownsScratch) = (scratch ?? new Scratch(), scratch is null);
        _integration = new RivalIntegration(PolicyModel.Load(), _scratch.Folder) { IsTrainingPaused = true };
        _session = new RivalSession(_integration, _scratch.Folder, Uploads, Clock, new Random(1));
        Step();
    }

    internal UploadShelf Uploads { get; } = new();

    internal ManualClock Clock { get; } = new();

    internal string Folder => _scratch.Folder;

    internal List<string> Refusals { get; } = [];

    internal List<(string Name, byte[] File)> Files { get; } = [];

    internal PlayState State => _session.Snapshot(new FramesState(new FrameState(0, 0, 0, 0), new FrameState(0, 0, 0, 0), []));

    /// <summary>Runs frames of a sixtieth of a second.</summary>
    internal void Step(int frames = 1)
    {
        for (int i = 0; i < frames; i++)
        {
            Clock.Advance(RivalLoop.Frame);
            _session.Step(TimeSpan.Zero, RivalLoop.Frame);
        }
    }

    /// <summary>Runs frames until something holds, which work beside the loop brings about.</summary>
    internal PlayState Until(Func<PlayState, bool> holds)
    {
        for (int i = 0; i < 20_000; i++)
        {
            Step();
            if (State is var state && holds(state))
                return state;
            Thread.Sleep(1);
        }

        throw new AssertionException($"It did not come to that: {State}");
    }

    /// <summary>Gives an order, and runs the frame that takes it.</summary>
    internal PlayState Order(PlayOrder order)
    {
        _session.Post(order, this);
        Step();
        return State;
    }

    internal void Post(PlayOrder order) => _session.Post(order, this);

    public void Refuse(string message) => Refusals.Add(message);

    public void Hand(string name, byte[] file) => Files.Add((name, file));

    public void Dispose()
    {
        _session.Dispose();
        _integration.Dispose();
        if (_ownsScratch)
            _scratch.Dispose();
    }
}
