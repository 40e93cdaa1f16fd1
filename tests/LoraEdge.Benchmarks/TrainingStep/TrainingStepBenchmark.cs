using System.Diagnostics;
using System.Text.Json;

namespace LoraEdge.Benchmarks.TrainingStep;

/// <summary>
/// Time and memory of a training step of each method, against forward passes of the executor and of ONNX Runtime. Every
/// setting runs in processes of its own, in turn, so that a machine that slows down slows all of them.
/// </summary>
internal static class TrainingStepBenchmark
{
    private const int ProcessesByDefault = 3, ProcessesInFull = 5;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        if (!OperatingSystem.IsLinux())
            throw new InvalidOptionsException("training-step reads memory from /proc, so it runs on Linux only.");
        string model = run.Data.File("models/stories15M/stories15M.onnx");
        var runs = StepCase.All.ToDictionary(setting => setting.Name, _ => new List<StepFigures>());
        for (int round = 0; round < (run.Full ? ProcessesInFull : ProcessesByDefault); round++)
        {
            foreach (StepCase setting in StepCase.All)
            {
                StepFigures figures = InProcess(setting, model);
                runs[setting.Name].Add(figures);
                run.Progress($"{setting.Name}: forward {figures.ForwardMilliseconds:F0} ms, step {figures.StepMilliseconds:F0} ms, peak {figures.PeakMegabytes:F0} MB");
            }
        }

        Dictionary<string, StepFigures> medians = runs.ToDictionary(entry => entry.Key, entry => StepFigures.Median(entry.Value));
        StepFigures loraFa = medians["LoRA-FA rank 1"], lora = medians["LoRA rank 1"], full = medians["full fine-tuning"];
        foreach (StepCase setting in StepCase.All)
            run.Print($"{setting.Name,-40} forward {medians[setting.Name].ForwardMilliseconds,6:F0} ms  step {medians[setting.Name].StepMilliseconds,6:F0} ms  peak {medians[setting.Name].PeakMegabytes,6:F0} MB");
        return new
        {
            loraFaStepOverForward = loraFa.StepMilliseconds / loraFa.ForwardMilliseconds,
            loraStepOverForward = lora.StepMilliseconds / lora.ForwardMilliseconds,
            fullStepOverForward = full.StepMilliseconds / full.ForwardMilliseconds,
            forwardOverOrt = medians["executor forward"].ForwardMilliseconds / medians["ONNX Runtime forward"].ForwardMilliseconds,
            loraFaPeakOverLora = loraFa.PeakMegabytes / lora.PeakMegabytes,
            loraFaCheckpointedPeakOverLora = medians["LoRA-FA rank 1, recomputed"].PeakMegabytes / lora.PeakMegabytes,
            cases = StepCase.All.Select(setting => new { setting.Name, setting.Method, setting.IsChunked, setting.MemoryTargetMegabytes, figures = medians[setting.Name] }),
        };
    }

    private static StepFigures InProcess(StepCase setting, string model)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(TrainingStepBenchmark).Assembly.Location);
        foreach (string argument in new[] { StepProcess.Verb, setting.Name, model })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<StepFigures>(output)!
            : throw new InvalidOptionsException($"The process that measures '{setting.Name}' ended with {process.ExitCode}.");
    }
}
