namespace Rival.Policy;

/// <summary>The softmax over the legal moves alone; every other class has probability zero.</summary>
public static class LegalSoftmax
{
    /// <summary><c>log(sum(exp(logits[c])))</c> over the legal classes, in double and without overflow.</summary>
    /// <param name="logits">Scores of all classes.</param>
    /// <param name="legal">Classes of the legal moves, at least one.</param>
    public static double LogSum(ReadOnlySpan<float> logits, ReadOnlySpan<int> legal)
    {
        double highest = logits[Best(logits, legal)];
        double sum = 0;
        foreach (int index in legal)
            sum += Math.Exp(logits[index] - highest);
        return highest + Math.Log(sum);
    }

    /// <summary>The legal class with the highest score; of equals the smallest.</summary>
    /// <param name="logits">Scores of all classes.</param>
    /// <param name="legal">Classes of the legal moves, ascending, at least one.</param>
    public static int Best(ReadOnlySpan<float> logits, ReadOnlySpan<int> legal)
    {
        int best = legal[0];
        foreach (int index in legal)
        {
            if (logits[index] > logits[best])
                best = index;
        }

        return best;
    }
}
