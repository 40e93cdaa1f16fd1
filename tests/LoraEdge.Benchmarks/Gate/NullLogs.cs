using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>Logs of people who do exactly what the base model foretells: nothing can be learned from them.</summary>
internal static class NullLogs
{
    /// <summary>Draws a log for each person.</summary>
    /// <param name="model">The base.</param>
    /// <param name="people">
    /// The people. A log has the situations that the person was in, then those of the people after it, the first following
    /// the last, until there are enough: no situation is made up, and only people's first rounds are alike.
    /// </param>
    /// <param name="length">Records of a log.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static IReadOnlyList<Interaction>[] Draw(OnnxModel model, IReadOnlyList<RpsPerson> people, int length, int seed)
    {
        using var session = new MergedSession(model, null, new SessionSettings { Threads = 1 });
        var random = new Random(seed);
        Interaction[] all = [.. people.SelectMany(RpsNetwork.Records)];
        int start = 0;
        var logs = new List<IReadOnlyList<Interaction>>();
        foreach (RpsPerson person in people)
        {
            logs.Add([.. Enumerable.Range(start, length).Select(i => Draw(session, all[i % all.Length], random))]);
            start += person.Rounds.Count;
        }

        return [.. logs];
    }

    /// <summary>A class drawn by the softmax of some logits.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="uniform">A number from 0 to below 1.</param>
    public static int Draw(ReadOnlySpan<float> logits, double uniform)
    {
        double most = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            most = Math.Max(most, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - most);
        for (int i = 0; i < logits.Length - 1; i++)
        {
            uniform -= Math.Exp(logits[i] - most) / sum;
            if (uniform < 0)
                return i;
        }

        return logits.Length - 1;
    }

    private static Interaction Draw(MergedSession session, Interaction record, Random random)
    {
        Span<float> logits = stackalloc float[RpsNetwork.Moves];
        session.Run(record.Inputs, RpsNetwork.Objective.ValueName, logits);
        return new Interaction(record.Inputs, Target.Class(Draw(logits, random.NextDouble())));
    }
}
