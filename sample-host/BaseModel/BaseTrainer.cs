using System.Diagnostics;
using LoraEdge;
using LoraEdge.Onnx;
using Rival.Chess;

namespace Rival.BaseModel;

/// <summary>
/// Trains the policy network on the games of the base players, for a given time: first on everybody's games alike, then with
/// an adapter for each person. A checkpoint beside the model lets it go on after an interruption, with the learning rate
/// where it was.
/// </summary>
public sealed class BaseTrainer(BaseTrainingOptions options, Action<string> report)
{
    private const int ValidationRecords = 8192;
    private static readonly TimeSpan s_checkpointInterval = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMinutes(1);

    private readonly BaseCheckpoint _checkpoint = new(options.Output + ".checkpoint");
    private readonly Stopwatch _clock = new();
    private TimeSpan _before;
    private List<string> _stages = [];

    /// <summary>Trains, and writes the model, its projection and its card.</summary>
    /// <exception cref="LoraEdgeException">A checkpoint or a model to start from cannot be used, or the weights stopped being finite.</exception>
    /// <exception cref="PgnException">The games cannot be read, or are too few.</exception>
    public void Run()
    {
        BaseCheckpoint.State? checkpoint = _checkpoint.Read();
        BaseGames games = BaseGames.Load(options.Games, report);
        games.RequireEnough(options.Games);
        List<Interaction> validation = new PositionStream(games.Validation, options.Seed).Take(ValidationRecords);
        if (checkpoint is not { } last)
            TrainWithPeople(TrainInCommon(StartModel(), games, validation, null), games, validation, null);
        else if (last.WithPeople)
            TrainWithPeople(StartModel(), games, validation, Resumed(last));
        else
            TrainWithPeople(TrainInCommon(StartModel(), games, validation, Resumed(last)), games, validation, null);
    }

    private TimeSpan Elapsed => _before + _clock.Elapsed;

    private OnnxModel StartModel()
    {
        OnnxModel random = PolicyNetwork.Create(options.Seed);
        if (options.StartFrom is null)
            return random;
        IReadOnlyDictionary<string, Initializer> own = random.Graph.Initializers;
        Dictionary<string, float[]> taken = OnnxModel.Load(options.StartFrom).Graph.Initializers.Values
            .Where(known => known.DataType == OnnxDataType.Float && own.TryGetValue(known.Name, out Initializer? place) && place.Count == known.Count)
            .ToDictionary(known => known.Name, known => known.ToFloats());
        report($"{taken.Count} of {own.Count} initializers come from {options.StartFrom}");
        return random.WithInitializers(taken);
    }

    private byte[] Resumed(BaseCheckpoint.State state)
    {
        (_before, _stages) = (state.Elapsed, [.. state.Stages]);
        report($"resumed after {_before.TotalMinutes:F1} min from {_checkpoint.Path}");
        return state.Content;
    }

    private OnnxModel TrainInCommon(OnnxModel model, BaseGames games, List<Interaction> validation, byte[]? checkpoint)
    {
        using CommonStage stage = _checkpoint.Open(() => new CommonStage(model, games, options, checkpoint));
        Train(stage, options.CommonShare, validation);
        return stage.Capture().Model;
    }

    private void TrainWithPeople(OnnxModel model, BaseGames games, List<Interaction> validation, byte[]? checkpoint)
    {
        using PeopleStage stage = _checkpoint.Open(() => new PeopleStage(model, games, options, checkpoint));
        Train(stage, 1, validation);
        Write(stage, games);
    }

    private void Train(BaseStage stage, double untilShare, List<Interaction> validation)
    {
        TimeSpan nextReport = Elapsed + s_reportInterval, nextCheckpoint = Elapsed + s_checkpointInterval;
        double sum = 0;
        long since = 0;
        _clock.Start();
        for (double done = Done(); done < untilShare; done = Done())
        {
            sum += stage.Step(BaseLearningRate.At(done, stage.Steps, options.LearningRate));
            since++;
            if (Elapsed >= nextReport)
            {
                report($"{Elapsed.TotalMinutes:F1} min, {stage.Name} step {stage.Steps}, {since * stage.BatchSize / s_reportInterval.TotalSeconds:F0} positions/s, training loss {sum / since:F4}, validation loss {stage.Evaluate(validation):F4}");
                (sum, since, nextReport) = (0, 0, Elapsed + s_reportInterval);
            }

            if (Elapsed >= nextCheckpoint)
            {
                _checkpoint.Save(Elapsed, _stages, stage);
                nextCheckpoint = Elapsed + s_checkpointInterval;
            }
        }

        _clock.Stop();
        _checkpoint.Save(Elapsed, _stages, stage);
        _stages.Add(stage.Summary);
        report($"validation loss {stage.Evaluate(validation):F4} after {stage.Steps} {stage.Name} steps");
    }

    private double Done() => Elapsed.TotalMinutes / options.Minutes;

    private void Write(BaseStage stage, BaseGames games)
    {
        (OnnxModel trained, CalibratedProjection? projection) = stage.Capture();
        trained.Save(options.Output);
        projection?.Save(Path.ChangeExtension(options.Output, ".projection"));
        string card = ModelCard.Write(trained, options, _stages, games, BaseEvaluation.Run(trained, options.Games));
        File.WriteAllText(Path.ChangeExtension(options.Output, ".md"), card);
        report(card);
    }
}
