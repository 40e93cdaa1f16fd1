namespace LoraEdge;

/// <summary>Makes sequences to train on of what one player did step by step.</summary>
public static class Episodes
{
    /// <summary>
    /// Cuts steps into sequences: one episode after the other, and each into parts of equal length. In front of every part but
    /// an episode's first come the steps before it, for <see cref="Objective.BurnIn"/>: they warm the state up and are not
    /// learned, so that every step is learned once. Where the steps begin in the midst of an episode, its first ones are lost to
    /// that.
    /// </summary>
    /// <param name="steps">The steps in order; <see cref="Interaction.StartsEpisode"/> marks where an episode begins.</param>
    /// <param name="length">Most steps of a part; 1 or more.</param>
    /// <param name="burnIn">The objective's <see cref="Objective.BurnIn"/>; 0 or more.</param>
    /// <exception cref="InvalidOptionsException">A number is out of its range.</exception>
    /// <exception cref="InvalidInputException">One of the steps is a sequence itself.</exception>
    public static IReadOnlyList<Interaction> Cut(IReadOnlyList<Interaction> steps, int length, int burnIn = 0)
    {
        if (length < 1 || burnIn < 0)
            throw new InvalidOptionsException($"Steps cannot be cut into parts of {length} with {burnIn} in front; they must be 1 or more, and 0 or more.");
        var sequences = new List<Interaction>();
        for (int start = 0; start < steps.Count;)
        {
            int end = start + 1;
            while (end < steps.Count && !steps[end].StartsEpisode)
                end++;
            for (int part = start; part < end; part += length)
                sequences.Add(Interaction.Sequence(Range(steps, Math.Max(start, part - burnIn), Math.Min(end, part + length))));
            start = end;
        }

        return sequences;
    }

    private static Interaction[] Range(IReadOnlyList<Interaction> steps, int start, int end) =>
        [.. Enumerable.Range(start, end - start).Select(index => steps[index])];
}
