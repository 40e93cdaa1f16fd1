using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Onnx;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Language;

/// <summary>
/// A small language model adapted to one speaker of Shakespeare's: how well it predicts later speeches before and after,
/// and when it is given as much of the speaker's text as its context holds instead.
/// </summary>
internal static class LanguageBenchmark
{
    private const int Speakers = 10, TuningSpeakers = 6, ContextTokens = 128;
    private const double StoppingShare = 0.1;

    /// <summary>The candidate that a run with --full chose.</summary>
    private const double LearningRate = 3e-3;

    private static readonly double[] s_candidates = [1e-3, 3e-3, 1e-2, 3e-2];

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        string path = run.Data.File("models/stories15M/stories15M.onnx");
        using var model = new ServingModel(OnnxModel.Load(path));
        IReadOnlyList<Speaker> speakers = Speaker.Read(run.Data.File("shakespeare/speeches.csv"));
        var tuning = run.Full ? Tune(run, model, path, [.. speakers.Skip(Speakers).Take(TuningSpeakers)]) : [];
        double learningRate = tuning.Count > 0 ? tuning.MaxBy(trial => trial.NllGain)!.LearningRate : LearningRate;
        SpeakerFigures[] figures = [.. speakers.Take(Speakers).Select(speaker => Study(run, model, path, speaker, learningRate))];
        return new
        {
            speakers = figures,
            learningRate,
            baseNll = figures.Average(one => one.BaseNll),
            contextNll = figures.Average(one => one.ContextNll),
            adaptedNll = figures.Average(one => one.AdaptedNll),
            helpedShare = figures.Average(one => one.AdaptedNll < one.BaseNll ? 1.0 : 0),
            beatsContextShare = figures.Average(one => one.AdaptedNll < one.ContextNll ? 1.0 : 0),
            adapterBytes = figures.Max(one => one.AdapterBytes),
            tuning,
        };
    }

    private static IReadOnlyList<RateTrial> Tune(BenchmarkRun run, ServingModel model, string path, IReadOnlyList<Speaker> speakers) =>
    [
        .. s_candidates.Select(rate =>
        {
            SpeakerFigures[] figures = [.. speakers.Select(speaker => Study(run, model, path, speaker, rate))];
            return new RateTrial(rate, figures.Average(one => one.BaseNll - one.AdaptedNll));
        }),
    ];

    private static SpeakerFigures Study(BenchmarkRun run, ServingModel model, string path, Speaker speaker, double learningRate)
    {
        long start = Stopwatch.GetTimestamp();
        Adapter adapter = Train(path, speaker, learningRate);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long[] context = [.. speaker.Known.SelectMany(speech => speech).Reverse().Take(ContextTokens).Reverse()];
        byte[] file = AdapterFile.Write(adapter);
        using MergedSession adapted = model.Build(AdapterFile.Read(file, speaker.Name));
        var figures = new SpeakerFigures(
            speaker.Name, speaker.Known.Sum(speech => speech.Length), SpeechScore.Of(model.Base, speaker.Test, []).PerToken, SpeechScore.Of(model.Base, speaker.Test, context).PerToken,
            SpeechScore.Of(adapted, speaker.Test, []).PerToken, file.Length, seconds);
        run.Print($"{figures.Speaker,-18} {figures.KnownTokens,6} tokens  NLL per token: base {figures.BaseNll:F3}, with context {figures.ContextNll:F3}, adapted {figures.AdaptedNll:F3}  {figures.AdapterBytes} bytes  {figures.TrainSeconds:F0} s");
        return figures;
    }

    private static Adapter Train(string path, Speaker speaker, double learningRate)
    {
        Interaction[] records = [.. speaker.Known.Select(SpeechRecords.Of)];
        int stopping = Math.Max(1, (int)(records.Length * StoppingShare));
        using var trainer = new LoraFaTrainer();
        using ITrainingSession session = trainer.Start(new TrainingRequest
        {
            ModelPath = path,
            Objective = new Objective { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy },
            Records = records[..^stopping],
            HeldOut = records[^stopping..],
            Options = new TrainingOptions { LearningRate = learningRate, BatchSize = 4, Threads = Environment.ProcessorCount },
        });
        while (session.Step())
        {
        }

        return session.Complete();
    }
}
