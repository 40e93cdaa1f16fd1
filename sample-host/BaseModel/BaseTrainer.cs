using System.Collections.Concurrent;
using System.Diagnostics;
using LoraEdge;
using LoraEdge.Onnx;
using LoraEdge.Training;
using Rival.Chess;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>
/// Trains the policy network from random weights on the games of the base players, for a given time. A checkpoint beside
/// the model lets it go on after an interruption, with the learning rate where it was.
/// </summary>
public sealed class BaseTrainer(BaseTrainingOptions options, Action<string> report)
{
    private const int ValidationRecords = 8192;
    private static readonly TimeSpan s_checkpointInterval = TimeSpan.FromMinutes(3);

    private TimeSpan _before;

    /// <summary>Trains, and writes the model and its card.</summary>
    public void Run()
    {
        IReadOnlyList<PgnGame> games = BaseGames.Load(options.Games, report);
        (IReadOnlyList<PgnGame> training, List<Interaction> validation) = HoldSomeOut(games);
        OnnxModel untrained = PolicyNetwork.Create(options.Seed);
        using var tuner = new FullFineTuner(untrained, PolicyRecord.Objective, options.WeightDecay, options.Threads);
        Resume(tuner);
        Train(tuner, training, validation);
        SaveCheckpoint(tuner, TimeSpan.FromMinutes(options.Minutes));
        report($"validation loss {tuner.Evaluate(validation):F4} after {tuner.Steps} steps of {options.BatchSize}");
        OnnxModel trained = untrained.WithInitializers(tuner.Weights());
        trained.Save(options.Output);
        string card = ModelCard.Write(trained, options, tuner.Steps, games.Count, BaseEvaluation.Run(trained, options.Games));
        File.WriteAllText(Path.ChangeExtension(options.Output, ".md"), card);
        report(card);
    }

    private string CheckpointPath => options.Output + ".checkpoint";

    /// <summary>One game in a hundred shows how training goes; these are of base players, and so no measure of the model.</summary>
    private (IReadOnlyList<PgnGame>, List<Interaction>) HoldSomeOut(IReadOnlyList<PgnGame> games)
    {
        PgnGame[] validation = [.. games.Where((_, index) => index % 100 == 0)];
        PgnGame[] training = [.. games.Where((_, index) => index % 100 != 0)];
        return (training, new PositionStream(validation, options.Seed).Take(ValidationRecords));
    }

    private void Train(FullFineTuner tuner, IReadOnlyList<PgnGame> games, List<Interaction> validation)
    {
        using var stop = new CancellationTokenSource();
        using var batches = new BlockingCollection<List<Interaction>>(boundedCapacity: 8);
        Task producer = Task.Run(() => Produce(games, (int)tuner.Steps, batches, stop.Token));
        var clock = Stopwatch.StartNew();
        TimeSpan nextReport = TimeSpan.FromMinutes(1), nextCheckpoint = s_checkpointInterval;
        double sum = 0;
        long since = 0;
        for (double done = Done(clock); done < 1; done = Done(clock))
        {
            sum += tuner.Step(batches.Take(), BaseLearningRate.At(done, tuner.Steps, options.LearningRate));
            since++;
            if (clock.Elapsed >= nextReport)
            {
                report($"{(_before + clock.Elapsed).TotalMinutes:F1} min, step {tuner.Steps}, {since * options.BatchSize / 60.0:F0} positions/s, training loss {sum / since:F4}, validation loss {tuner.Evaluate(validation):F4}");
                (sum, since, nextReport) = (0, 0, clock.Elapsed + TimeSpan.FromMinutes(1));
            }

            if (clock.Elapsed >= nextCheckpoint)
            {
                SaveCheckpoint(tuner, _before + clock.Elapsed);
                nextCheckpoint = clock.Elapsed + s_checkpointInterval;
            }
        }

        stop.Cancel();
        producer.Wait();
    }

    private double Done(Stopwatch clock) => (_before + clock.Elapsed).TotalMinutes / options.Minutes;

    private void Produce(IReadOnlyList<PgnGame> games, int seedOffset, BlockingCollection<List<Interaction>> batches, CancellationToken stop)
    {
        var stream = new PositionStream(games, options.Seed + seedOffset);
        try
        {
            while (true)
                batches.Add(stream.Take(options.BatchSize), stop);
        }
        catch (OperationCanceledException)
        {
            // The trainer has what it needs.
        }
    }

    private void Resume(FullFineTuner tuner)
    {
        if (!File.Exists(CheckpointPath))
            return;
        using FileStream file = File.OpenRead(CheckpointPath);
        using var reader = new BinaryReader(file);
        _before = TimeSpan.FromSeconds(reader.ReadDouble());
        tuner.LoadCheckpoint(file);
        report($"resumed after {_before.TotalMinutes:F1} min and {tuner.Steps} steps from {CheckpointPath}");
    }

    private void SaveCheckpoint(FullFineTuner tuner, TimeSpan elapsed)
    {
        string temporary = CheckpointPath + ".new";
        using (FileStream file = File.Create(temporary))
        using (var writer = new BinaryWriter(file))
        {
            writer.Write(elapsed.TotalSeconds);
            writer.Flush();
            tuner.SaveCheckpoint(file);
        }

        File.Move(temporary, CheckpointPath, overwrite: true);
    }
}
