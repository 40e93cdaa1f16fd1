using System.Diagnostics;
using Rival.Adaptation;

namespace Rival.Display;

/// <summary>Training as lines of text, for logs: now and then one, and one at the end.</summary>
/// <param name="writer">Where to.</param>
internal sealed class ProgressLines(TextWriter writer)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    /// <summary>Takes a report.</summary>
    public void Report(PlayerProgress progress)
    {
        if (progress.IsDone)
            writer.WriteLine($"{progress.Player}: training ended");
        else if (progress.Training.PlannedSteps > 0 && _sinceLine.Elapsed >= s_interval)
            writer.WriteLine($"{progress.Player}: step {progress.Training.Step} of at most {progress.Training.PlannedSteps}, loss on later games {progress.Training.HeldOutLoss:F3}");
        else
            return;
        _sinceLine.Restart();
    }
}
