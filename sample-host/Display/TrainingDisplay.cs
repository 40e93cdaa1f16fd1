using Rival.Adaptation;
using Spectre.Console;

namespace Rival.Display;

/// <summary>Shows how training goes: a bar per player on a terminal, plain lines anywhere else.</summary>
internal static class TrainingDisplay
{
    /// <summary>Runs work that reports, and shows its reports.</summary>
    /// <typeparam name="T">What the work gives back.</typeparam>
    /// <param name="console">Where to.</param>
    /// <param name="players">Who is trained.</param>
    /// <param name="work">Runs on the calling thread; is given where to report.</param>
    public static T Run<T>(IAnsiConsole console, IEnumerable<string> players, Func<Action<PlayerProgress>, T> work) =>
        console.Profile.Out.IsTerminal ? WithBars(console, players, work) : work(new ProgressLines(console.Profile.Out.Writer).Report);

    private static T WithBars<T>(IAnsiConsole console, IEnumerable<string> players, Func<Action<PlayerProgress>, T> work) => console
        .Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .Start(context =>
        {
            var bars = players.ToDictionary(player => player, player => context.AddTask(Markup.Escape(player)));
            return work(progress => Update(bars[progress.Player], progress));
        });

    private static void Update(ProgressTask bar, PlayerProgress progress)
    {
        if (progress.Training.PlannedSteps > 0)
        {
            bar.MaxValue = progress.Training.PlannedSteps;
            bar.Value = progress.Training.Step;
            bar.Description = $"{Markup.Escape(progress.Player)}  loss on later games {progress.Training.HeldOutLoss:F3}";
        }

        if (progress.IsDone)
            bar.Value = bar.MaxValue;
    }
}
