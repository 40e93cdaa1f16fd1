namespace LoraEdge.Plugin.Tests;

/// <summary>Another trainer's sessions, with a look at each step before it is taken.</summary>
internal sealed class WatchedTrainer(IAdapterTrainer trainer) : IAdapterTrainer
{
    /// <summary>Called before every step with the number of steps of the session so far, on the thread that takes it.</summary>
    public Action<int>? OnStep { get; set; }

    /// <summary>Called when a session has started or resumed.</summary>
    public Action? OnOpened { get; set; }

    public string? Executor => trainer.Executor;

    public void RequireSupport(string modelPath, Objective objective, TrainingOptions options) => trainer.RequireSupport(modelPath, objective, options);

    public ITrainingSession Start(TrainingRequest request) => Watched(trainer.Start(request));

    public ITrainingSession Resume(TrainingRequest request, ReadOnlyMemory<byte> checkpoint) => Watched(trainer.Resume(request, checkpoint));

    public IScoringSession Score(ScoreRequest request) => trainer.Score(request);

    public IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request) => trainer.Forward(request);

    public void Dispose() => trainer.Dispose();

    private Session Watched(ITrainingSession session)
    {
        OnOpened?.Invoke();
        return new Session(this, session);
    }

    private sealed class Session(WatchedTrainer watched, ITrainingSession session) : ITrainingSession
    {
        private int _done;

        public TrainingProgress Progress => session.Progress;

        public bool Step()
        {
            watched.OnStep?.Invoke(_done++);
            return session.Step();
        }

        public void ReleaseCaches() => session.ReleaseCaches();

        public byte[] Checkpoint() => session.Checkpoint();

        public Adapter Complete() => session.Complete();

        public void Dispose() => session.Dispose();
    }
}
