using System.Diagnostics;
using LoraEdge.Onnx;
using LoraEdge.Training;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace LoraEdge.Benchmarks.TrainingStep;

/// <summary>Measures one setting in this process, on one thread: stories15M on 4 times 128 tokens.</summary>
internal static class StepWorker
{
    private const int Records = 4, Tokens = 128, Vocabulary = 32000, Warmups = 2, Runs = 5;

    private static readonly Objective s_objective = new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy };

    /// <summary>Measures.</summary>
    /// <param name="setting">What to measure.</param>
    /// <param name="path">Path of the model.</param>
    public static StepFigures Measure(StepCase setting, string path)
    {
        OnnxModel model = OnnxModel.Load(path);
        if (setting.Method == "onnxruntime")
            return OnnxRuntime(model);
        NativeLibtorch.EnsureLoaded();
        set_num_threads(1);
        return setting.Method == "none" ? Executor(model) : Step(model, setting);
    }

    private static StepFigures OnnxRuntime(OnnxModel model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToBytes(), options);
        using var run = new RunOptions();
        void Forward(int records, int tokens)
        {
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(Draw(records * tokens, seed: 1), [records, tokens]);
            using var outputs = session.Run(run, ["input_ids"], [input], ["logits"]);
        }

        Forward(1, 2);
        long loaded = Resident();
        return new StepFigures(Time(() => Forward(Records, Tokens)), 0, PeakOver(loaded));
    }

    private static StepFigures Executor(OnnxModel model)
    {
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        void Forward(int records, int tokens)
        {
            using Tensor input = tensor(Draw(records * tokens, seed: 1), [records, tokens]);
            executor.Run(new Dictionary<string, Tensor> { ["input_ids"] = input }, "logits")[0].Dispose();
        }

        Forward(1, 2);
        long loaded = Resident();
        return new StepFigures(Time(() => Forward(Records, Tokens)), 0, PeakOver(loaded));
    }

    private static StepFigures Step(OnnxModel model, StepCase setting)
    {
        using TrainableWeights weights = Trainable(model, setting.Method);
        var memory = new LossMemory((long?)(setting.MemoryTargetMegabytes * (1 << 20)), setting.IsChunked ? LossMemory.DefaultChunkBytes : long.MaxValue / 2);
        using var pass = new LossPass(model, s_objective, weights, memory);
        var optimizer = new AdamW(weights.Parameters, _ => 0);
        using (RecordBatch small = Batch(1, 2))
            pass.Score(small);
        long loaded = Resident();
        using RecordBatch batch = Batch(Records, Tokens);
        double step = Time(() =>
        {
            weights.ClearGradients();
            pass.Backward(batch);
            optimizer.Step(1e-4, GradientClip.Factor(optimizer.GradientNorm(), 1));
        });
        double peak = PeakOver(loaded);
        return new StepFigures(Time(() => pass.Score(batch)), step, peak);
    }

    private static TrainableWeights Trainable(OnnxModel model, string method)
    {
        if (method == "full")
            return new FullWeights(model.Graph, s_objective.ValueName);
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, s_objective, include: [], exclude: []);
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(0), model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], 1);
        return new LowRankWeights(layers, factors.Matrices, 1, 1, trainA: method == "lora");
    }

    private static RecordBatch Batch(int records, int tokens) => RecordBatcher.Create(
    [
        .. Enumerable.Range(0, records).Select(record =>
        {
            long[] drawn = Draw(tokens + 1, record);
            var inputs = new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(drawn.AsSpan(0, tokens).ToArray(), 1, tokens) };
            return new Interaction(inputs, Target.Sequence(drawn[1..]), 1);
        }),
    ], Vocabulary);

    private static long[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(Vocabulary))];
    }

    private static double Time(Action action)
    {
        for (int i = 0; i < Warmups; i++)
            action();
        return StepFigures.Median(Enumerable.Range(0, Runs).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).ToArray());
    }

    private static double PeakOver(long loaded) => (Status("VmHWM") - loaded) / 1e6;

    private static long Resident() => Status("VmRSS");

    private static long Status(string field) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim(), System.Globalization.CultureInfo.InvariantCulture);
}
