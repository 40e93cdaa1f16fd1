using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>A host on a disk that may lose its power, and what it was told before that. Trains and promotes with the real trainer.</summary>
internal sealed class CrashingHost(Host host, SimulatedDisk disk, EncryptionKey? key = null) : IDisposable
{
    public const string Player = "ada";

    private const int Batch = 16, MostBatches = 24;

    private readonly FakeClock _clock = new();
    private readonly List<Exception> _failures = [];
    private LoraEdgePlugin? _plugin;
    private Profile? _profile;
    private int _next;

    /// <summary>The newest generation that was reported stored; 0 when there is none.</summary>
    public long Generation { get; private set; }

    /// <summary>What it answers; null when nothing is to be served.</summary>
    public byte[]? Answer { get; private set; }

    /// <summary>Records that were reported to be on the disk, by their weights; none that was forgotten.</summary>
    public List<float> Records { get; } = [];

    /// <summary>The highest weight of a record that was reported to be forgotten.</summary>
    public float ForgottenThrough { get; private set; }

    /// <summary>Whether the player is being forgotten: what was reported before may be gone or not.</summary>
    public bool IsForgetting { get; private set; }

    /// <summary>Candidates promoted.</summary>
    public int Promotions { get; private set; }

    /// <summary>What failed but for the power.</summary>
    public IEnumerable<Exception> Failures => _failures.Where(error => error is not PowerLossException && error.InnerException is not PowerLossException);

    public static LoraEdgeOptions Options(Host host, SimulatedDisk disk, IAdapterTrainer? trainer, IHostClock clock, EncryptionKey? key) => host.Options(trainer) with
    {
        StorageFolder = Path.GetFullPath("/store"),
        Files = disk,
        Key = key,
        Generations = 3,
        Log = new InteractionLogOptions { SegmentBytes = 4096, MaxBytes = 256 * 1024 },
        Schedule = new ScheduleOptions { Clock = clock },
        Training = new TrainingOptions { Rank = 2, LearningRate = 0.05, MaxEpochs = 4, BatchSize = 16, TrustRegion = 2 },
        Adaptation = new AdaptationOptions { MinimumNewRecords = Batch, CheckpointInterval = 2, Gate = new GateOptions { Alpha = 0.2, MinimumRecords = 4, SlowAfter = 1000, StopAfter = 1000 } },
    };

    public void Open()
    {
        _plugin = LoraEdgePlugin.Load(Options(host, disk, new LoraFaTrainer(), _clock, key));
        _profile = _plugin.OpenProfile(Player);
        _profile.Adapted += (_, news) =>
        {
            if (news.Status.Error is { } error)
                _failures.Add(error);
            Promotions += news.Kind == AdaptationEvent.Promoted ? 1 : 0;
            if (news.Kind is AdaptationEvent.Promoted or AdaptationEvent.RolledBack)
                RememberStored();
        };
    }

    /// <summary>Records that follow the player's rule, the last of which are on the disk.</summary>
    public void Play(int count)
    {
        float[] weights = [.. Enumerable.Range(_next, count).Select(Weight)];
        for (int i = 0; i < count; i++, _next++)
            _profile!.Record(Host.Input(_next), Target.Class(Host.Choice(_next)), Weight(_next));
        _profile!.FlushRecords();
        Records.AddRange(weights);
    }

    /// <summary>Trains as the host wants it.</summary>
    public void Train()
    {
        TrainingResult result = Host.Train(_plugin!, _profile!);
        if (result.Error is not null)
            _failures.Add(result.Error);
        RequirePower();
        RememberStored();
    }

    /// <summary>Plays until a candidate of a round is promoted.</summary>
    public void PlayUntilPromoted()
    {
        int before = Promotions;
        for (int batch = 0; batch < MostBatches && Promotions == before; batch++)
        {
            Play(Batch);
            Host.TickUntil(_plugin!, () => disk.Crashed || Failures.Any() || (_profile!.Adaptation is var status && status.TrainedThrough == status.ScoredThrough && _next - status.ScoredThrough < Batch));
            _plugin!.Tick();
            RequirePower();
        }
    }

    /// <summary>A copier brings a file of another device.</summary>
    public void Receive(string name, byte[] file)
    {
        bool isSeen = false;
        _profile!.Synced += (_, _) => isSeen = true;
        disk.Put(Path.Combine(Path.GetFullPath("/store"), "profiles", Player, "devices", name), file);
        Host.TickUntil(_plugin!, () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return isSeen || disk.Crashed;
        });
        RequirePower();
    }

    /// <summary>The player is forgotten on this device.</summary>
    public void Forget() => Forget(() => _profile!.Forget());

    /// <summary>A copier brings the tombstone of another device.</summary>
    public void ReceiveTombstone(string name, byte[] file) => Forget(() => Receive(name, file));

    private void Forget(Action forget)
    {
        IsForgetting = true;
        forget();
        Records.Clear();
        (Generation, Answer, ForgottenThrough, IsForgetting) = (0, null, Weight(_next - 1), false);
    }

    public void Dispose() => _plugin?.Dispose();

    private static float Weight(int number) => 1 + (number / 1024f);

    private void RememberStored() => (Generation, Answer) = (_profile!.Generation, Host.Answer(_profile!));

    private void RequirePower()
    {
        if (disk.Crashed)
            throw new PowerLossException(disk.Operations);
    }
}
