using LoraEdge.Inference;

namespace LoraEdge.Plugin.Tests;

/// <summary>Trains nothing: takes a number of steps and gives out an adapter, and lets a test look on and interfere.</summary>
internal sealed class FakeTrainer(Func<Adapter> adapter) : IAdapterTrainer
{
    private int _steps;
    private int _disposals;

    /// <summary>Steps of a session. Default: 3.</summary>
    public int PlannedSteps { get; init; } = 3;

    /// <summary>Called when a session starts, on the training thread.</summary>
    public Action<TrainingRequest>? OnStart { get; set; }

    /// <summary>Called in every step, on the training thread, with the number of the session's steps so far.</summary>
    public Action<int>? OnStep { get; set; }

    /// <summary>Called when a scoring starts, on the training thread.</summary>
    public Action<ScoreRequest>? OnScore { get; set; }

    /// <summary>What a record costs under an adapter, null for the base. Default: 1 nat under any.</summary>
    public Func<Adapter?, double> Loss { get; set; } = _ => 1;

    /// <summary>Steps that were done before the session that was opened last; 0 when it was started.</summary>
    public int Resumed { get; private set; }

    /// <summary>Called when a session completes, on the training thread.</summary>
    public Action? OnComplete { get; set; }

    /// <summary>What the trainer claims to have computed, given what ONNX Runtime computes. Default: that.</summary>
    public Func<ForwardRequest, string, HostTensor, HostTensor> Claim { get; set; } = (_, _, value) => value;

    /// <summary>Default: null, so that what one test finds about a model is not known to another.</summary>
    public string? Executor { get; init; }

    /// <summary>Called while the host loads.</summary>
    public Action<string, Objective, TrainingOptions>? OnRequireSupport { get; set; }

    /// <summary>Orders to compute values, in the order in which they arrived.</summary>
    public List<ForwardRequest> Forwards { get; } = [];

    /// <summary>Requests in the order in which they arrived.</summary>
    public List<TrainingRequest> Requests { get; } = [];

    /// <summary>Every thread that called the trainer or a session.</summary>
    public HashSet<int> Threads { get; } = [];

    public int Steps => Volatile.Read(ref _steps);

    public int Disposals => Volatile.Read(ref _disposals);

    public int OpenSessions { get; private set; }

    public void RequireSupport(string modelPath, Objective objective, TrainingOptions options) => OnRequireSupport?.Invoke(modelPath, objective, options);

    public ITrainingSession Start(TrainingRequest request)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        Requests.Add(request);
        OnStart?.Invoke(request);
        OpenSessions++;
        return new Session(this);
    }

    public ITrainingSession Resume(TrainingRequest request, ReadOnlyMemory<byte> checkpoint)
    {
        Requests.Add(request);
        OpenSessions++;
        Resumed = BitConverter.ToInt32(checkpoint.Span);
        return new Session(this, Resumed);
    }

    public IScoringSession Score(ScoreRequest request)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        OnScore?.Invoke(request);
        return new Scoring(this, request);
    }

    public IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        Forwards.Add(request);
        OnnxModel model = OnnxModel.Load(request.ModelPath);
        OnnxModel adapted = request.Adapter is null ? model : new WeightMerger(model, request.Calibrated).Apply(request.Adapter).Model;
        return ServedValues.Compute(adapted, request.Inputs, request.Values).ToDictionary(value => value.Key, value => Claim(request, value.Key, value.Value));
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private Adapter Give() => adapter();

    private sealed class Session(FakeTrainer trainer, int done = 0) : ITrainingSession
    {
        private int _done = done;

        public TrainingProgress Progress => new(_done, trainer.PlannedSteps, 1.0 / _done, double.NaN, double.NaN, 0);

        public bool Step()
        {
            trainer.Threads.Add(Environment.CurrentManagedThreadId);
            trainer.OnStep?.Invoke(_done);
            Interlocked.Increment(ref trainer._steps);
            return ++_done < trainer.PlannedSteps;
        }

        public void ReleaseCaches()
        {
        }

        public byte[] Checkpoint() => BitConverter.GetBytes(_done);

        public Adapter Complete()
        {
            trainer.OnComplete?.Invoke();
            return trainer.Give();
        }

        public void Dispose() => trainer.OpenSessions--;
    }

    private sealed class Scoring(FakeTrainer trainer, ScoreRequest request) : IScoringSession
    {
        public int SlicesLeft { get; private set; } = request.Adapters.Count;

        public bool Step() => --SlicesLeft > 0;

        public IReadOnlyList<IReadOnlyList<RecordScore>> Complete() =>
            [.. request.Adapters.Select(adapter => request.Records.Select(record => new RecordScore(trainer.Loss(adapter), record.Weight)).ToArray())];

        public void Dispose()
        {
        }
    }
}
