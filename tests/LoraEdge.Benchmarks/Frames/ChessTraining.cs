using LoraEdge.Benchmarks.Personalization;
using LoraEdge.Training;
using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>A training of the sample game's model on one held-out player, long enough not to end while something is measured.</summary>
internal sealed class ChessTraining : IDisposable
{
    private const int Moves = 2000;

    private readonly Profile _profile;

    public ChessTraining(BenchmarkRun run, ScheduleOptions schedule)
    {
        PolicyModel model = PolicyModel.Load();
        PlayerLog log = PersonalizationBenchmark.TestFiles(run).SelectMany(file => PlayerSource.Logs(file, null, Moves, _ => { })).First();
        Plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
        {
            ModelPath = model.Path,
            Objective = PolicyRecord.Objective,
            Trainer = new LoraFaTrainer(),
            Training = new TrainingOptions { MaxEpochs = 100_000, Patience = int.MaxValue },
            Projection = model.Projection(1),
            Schedule = schedule,
            HeldOutShare = 0,
        });
        _profile = Plugin.OpenProfile(log.Name);
        foreach (Interaction record in log.Records())
            _profile.Record(record.Inputs, record.Target);
        _profile.FlushRecords();
        _profile.StartTraining();
        while (Steps < 20)
        {
            Plugin.Tick();
            Thread.Sleep(10);
        }
    }

    /// <summary>The plugin that trains.</summary>
    public LoraEdgePlugin Plugin { get; }

    /// <summary>Optimizer steps done.</summary>
    public long Steps => _profile.TrainingProgress.Step;

    public void Dispose() => Plugin.Dispose();
}
