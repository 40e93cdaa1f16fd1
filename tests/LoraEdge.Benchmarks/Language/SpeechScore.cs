using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Language;

/// <summary>How surprised a session is by speeches.</summary>
/// <param name="Nll">Sum of minus the log-probability of each token, in nats.</param>
/// <param name="Tokens">Number of tokens.</param>
internal readonly record struct SpeechScore(double Nll, long Tokens)
{
    /// <summary>Nats per token.</summary>
    public double PerToken => Nll / Tokens;

    /// <summary>Scores the first tokens of every speech, after a context that is the same for all.</summary>
    /// <param name="session">The session.</param>
    /// <param name="speeches">The speeches.</param>
    /// <param name="context">Tokens that come before each speech, behind the mark of beginning; may be none.</param>
    public static SpeechScore Of(MergedSession session, IEnumerable<long[]> speeches, long[] context)
    {
        double nll = 0;
        long count = 0;
        foreach (long[] speech in speeches)
        {
            long[] tokens = [.. speech.Take(SpeechRecords.MostTokens)];
            long[] inputs = [SpeechRecords.Begin, .. context, .. tokens];
            HostTensor logits = session.Run(new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(inputs, 1, inputs.Length) })["logits"];
            int classes = (int)logits.Shape[^1];
            for (int i = 0; i < tokens.Length; i++)
                nll += Surprise(logits.AsSpan<float>().Slice((context.Length + i) * classes, classes), tokens[i]);
            count += tokens.Length;
        }

        return new SpeechScore(nll, count);
    }

    private static double Surprise(ReadOnlySpan<float> logits, long token)
    {
        float highest = float.NegativeInfinity;
        foreach (float logit in logits)
            highest = Math.Max(highest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - highest);
        return highest + Math.Log(sum) - logits[(int)token];
    }
}
