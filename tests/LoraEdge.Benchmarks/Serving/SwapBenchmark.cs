using System.Diagnostics;
using LoraEdge.Inference;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>
/// How long it takes from a trained adapter to the first inference with it, against opening a plain session of the same model,
/// and what a loop of 60 Hz sees of adapters that are exchanged meanwhile.
/// </summary>
internal static class SwapBenchmark
{
    private const double SwapTarget = 1.2, P99Target = 1.2;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        TimeSpan duration = TimeSpan.FromSeconds(run.Full ? 60 : 15);
        int swaps = run.Full ? 200 : 50;
        var cases = new List<SwapCase>();
        foreach (ServedModel model in ServedModel.All(run))
        {
            using var serving = new ServingModel(model.Model);
            var adapters = new MadeUpAdapters(model.Model);
            using var server = new AdapterServer(serving, adapters.Form);
            PairedRatio ratio = SwapOverCreate(server, adapters, model, duration);
            run.Progress(FormattableString.Invariant($"{model.Name}: from adapter to inference {ratio.Median:F2} of a plain session; {swaps} swaps under a loop of 60 Hz"));
            SwappedFrames frames = SwappedFrames.Measure(server, adapters, model, swaps);
            cases.Add(new SwapCase(model.Name, model.Tokens(1), ratio.Median, ratio.Low, ratio.High, ratio.Pairs, SwapTarget, swaps, frames.Failures, frames.Mixed, frames.P99Ratio, frames.ControlP99Ratio, P99Target, frames.Swapping, frames.Undisturbed));
        }

        foreach (SwapCase one in cases)
            run.Print(one.ToString());
        return new
        {
            swapOverCreate = cases.Max(one => one.SwapOverCreate),
            failures = cases.Sum(one => one.Failures),
            mixed = cases.Sum(one => one.Mixed),
            p99Ratio = cases.Max(one => one.P99Ratio),
            controlP99Ratio = cases.Max(one => one.ControlP99Ratio),
            cases,
        };
    }

    // Releasing sessions counts on neither side: a slot serves with the next one before the one before is released.
    private static PairedRatio SwapOverCreate(AdapterServer server, MadeUpAdapters adapters, ServedModel model, TimeSpan duration)
    {
        byte[] bytes = model.Model.ToBytes();
        IReadOnlyDictionary<string, HostTensor> inputs = model.Inputs(1);
        int player = 0;
        return PairedRatio.Measure(
            () =>
            {
                Adapter adapter = adapters.Of(++player);
                using AdapterSlot slot = server.Open();
                long start = Stopwatch.GetTimestamp();
                slot.Publish(adapter);
                slot.Run(inputs);
                return Stopwatch.GetElapsedTime(start);
            },
            () => Create(bytes, inputs),
            duration);
    }

    /// <summary>A session as ONNX Runtime opens it from a file in memory, and one inference.</summary>
    private static TimeSpan Create(byte[] bytes, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        (string name, HostTensor tensor) = inputs.Single();
        using OrtValue value = tensor.ElementType == TensorElementType.Int64
            ? OrtValue.CreateTensorValueFromMemory(tensor.AsSpan<long>().ToArray(), tensor.Shape)
            : OrtValue.CreateTensorValueFromMemory(tensor.AsSpan<byte>().ToArray(), tensor.Shape);
        using var run = new RunOptions();
        long start = Stopwatch.GetTimestamp();
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(bytes, options);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [name], [value], session.OutputNames);
        return Stopwatch.GetElapsedTime(start);
    }
}
