using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>Chooses each method's learning rate on the tuning players, who are in neither the base model nor the test.</summary>
internal static class LearningRateTuning
{
    /// <summary>What each candidate gave.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="LearningRate">The candidate.</param>
    /// <param name="NllGain">Gain over the base model on the tuning players' test games, in nats.</param>
    public sealed record Trial(string Method, double LearningRate, double NllGain);

    /// <summary>Tries every candidate of every method.</summary>
    public static IReadOnlyList<Trial> Run(Study study, IReadOnlyList<PlayerLog> logs, Action<string> progress)
    {
        IReadOnlyList<PolicyScore> baseScores = study.ScoreBase(logs);
        var trials = new List<Trial>();
        foreach (Method method in Method.All)
        {
            foreach (double learningRate in method.Candidates)
            {
                Row row = Row.Of(method.Name, learningRate, study.Run(method.Options(learningRate), logs, baseScores));
                trials.Add(new Trial(method.Name, learningRate, row.NllGain));
                progress($"tuning: {method.Name} at {learningRate:G2} gains {row.NllGain:F4} on {logs.Count} players");
            }
        }

        return trials;
    }

    /// <summary>The best candidate of a method.</summary>
    public static double Best(IReadOnlyList<Trial> trials, Method method) =>
        trials.Where(trial => trial.Method == method.Name).MaxBy(trial => trial.NllGain)!.LearningRate;
}
