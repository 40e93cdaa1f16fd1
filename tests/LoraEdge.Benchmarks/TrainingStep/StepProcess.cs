using System.Text.Json;

namespace LoraEdge.Benchmarks.TrainingStep;

/// <summary>The other side of <see cref="TrainingStepBenchmark"/>: a process that measures one setting and prints it.</summary>
internal static class StepProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "measure-step";

    /// <summary>Measures and prints; arguments are the verb, the setting's name and the model's path.</summary>
    public static int Run(string[] arguments)
    {
        StepCase setting = StepCase.All.First(setting => setting.Name == arguments[1]);
        Console.WriteLine(JsonSerializer.Serialize(StepWorker.Measure(setting, arguments[2])));
        return 0;
    }
}
