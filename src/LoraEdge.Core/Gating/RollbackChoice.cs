namespace LoraEdge;

/// <summary>Which earlier generation takes the place of an adapter that is rolled back.</summary>
public static class RollbackChoice
{
    /// <summary>
    /// The generation with the lowest mean loss on recent records, if it beats the base there by more than the standard error
    /// of the difference; otherwise none, and the base is served.
    /// </summary>
    /// <param name="baseLosses">The base's losses on recent records, none of which the generations have trained on.</param>
    /// <param name="generations">The losses of each earlier generation on the same records.</param>
    /// <returns>Index of the generation; null for none. One that gives a loss that is not finite, where the base's is, is never chosen.</returns>
    /// <exception cref="ArgumentException">A generation has another number of losses than the base.</exception>
    public static int? Best(IReadOnlyList<double> baseLosses, IReadOnlyList<IReadOnlyList<double>> generations)
    {
        if (generations.Any(losses => losses.Count != baseLosses.Count))
            throw new ArgumentException($"Every generation needs one loss for each of the {baseLosses.Count} records.", nameof(generations));
        int[] usable = [.. Enumerable.Range(0, baseLosses.Count).Where(i => UsableLoss.Is(baseLosses[i]))];
        var helpful = Enumerable.Range(0, generations.Count)
            .Select(index => (Index: index, Mean: Advantage([.. usable.Select(i => baseLosses[i] - generations[index][i])])))
            .Where(one => one.Mean > 0)
            .OrderByDescending(one => one.Mean);
        return helpful.Select(one => (int?)one.Index).FirstOrDefault();
    }

    /// <summary>The mean, or 0 when it does not stand out.</summary>
    private static double Advantage(double[] differences)
    {
        if (differences.Length < 2 || !differences.All(UsableLoss.Is))
            return 0;
        double mean = differences.Average();
        double error = Math.Sqrt(differences.Sum(one => (one - mean) * (one - mean)) / (differences.Length - 1) / differences.Length);
        return mean > error ? mean : 0;
    }
}
