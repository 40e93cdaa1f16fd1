namespace LoraEdge.Training.Execution;

/// <summary>
/// Cuts a plan into segments for recomputation (Chen et al. 2016, arXiv:1604.06174): in the forward pass only what crosses a
/// cut is kept, in the backward pass one segment at a time is computed again with all that it needs. Sizes are counted
/// as if every value had memory of its own, which overstates models with many views.
/// </summary>
internal static class PlanCuts
{
    private const int MostSegments = 64;

    /// <summary>The fewest segments that keep within the target; when none do, those that keep the least.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memoryTarget">Bytes to keep at any time of the backward pass.</param>
    public static IReadOnlyList<PlanSegment> Choose(GraphPlan plan, long memoryTarget)
    {
        long[] made = [.. plan.Steps.Select(step => TrainedBytes(plan, step.Outputs))];
        long[] crossing = Crossing(plan);
        int[] best = [];
        long least = long.MaxValue;
        for (int count = 1; count <= Math.Min(MostSegments, Math.Max(1, made.Length)) && least > memoryTarget; count++)
        {
            int[] cuts = Place(made, crossing, count);
            long kept = cuts.Sum(cut => crossing[cut]) + Parts(cuts, made.Length).Max(part => made.Skip(part.Start).Take(part.End - part.Start).Sum());
            if (kept < least)
                (best, least) = (cuts, kept);
        }

        return [.. Parts(best, plan.Steps.Count).Select(part => Segment(plan, part.Start, part.End))];
    }

    /// <summary>Bytes of those values that gradients flow through.</summary>
    public static long TrainedBytes(GraphPlan plan, IEnumerable<int> slots) =>
        slots.Where(slot => slot >= 0 && plan.Values[slot].IsTrained).Sum(slot => plan.Values[slot].Bytes);

    /// <summary>Bytes of the trained values that exist after each step and are read later.</summary>
    private static long[] Crossing(GraphPlan plan)
    {
        var crossing = new long[plan.Steps.Count];
        long alive = 0;
        for (int i = 0; i < crossing.Length; i++)
        {
            alive += TrainedBytes(plan, plan.Steps[i].Outputs) - TrainedBytes(plan, plan.Steps[i].LastUses);
            crossing[i] = alive;
        }

        return crossing;
    }

    /// <summary>Steps after which to cut: about equal parts, each cut where the least crosses within half a part around.</summary>
    private static int[] Place(long[] made, long[] crossing, int count)
    {
        double total = made.Sum(), part = total / count;
        var cuts = new SortedSet<int>();
        for (int i = 1; i < count; i++)
        {
            double made0 = 0;
            int best = -1;
            for (int step = 0; step < made.Length - 1; step++)
            {
                made0 += made[step];
                if (Math.Abs(made0 - (i * part)) <= part / 2 && (best < 0 || crossing[step] <= crossing[best]))
                    best = step;
            }

            if (best >= 0)
                cuts.Add(best);
        }

        return [.. cuts];
    }

    private static IEnumerable<(int Start, int End)> Parts(int[] cuts, int steps)
    {
        int start = 0;
        foreach (int cut in cuts)
        {
            yield return (start, cut + 1);
            start = cut + 1;
        }

        yield return (start, steps);
    }

    private static PlanSegment Segment(GraphPlan plan, int start, int end)
    {
        PlanStep[] steps = [.. plan.Steps.Skip(start).Take(end - start)];
        HashSet<int> earlier = [.. plan.Steps.Take(start).SelectMany(step => step.Outputs)];
        return new PlanSegment(steps, [.. steps.SelectMany(step => step.Inputs).Distinct().Where(slot => slot >= 0 && earlier.Contains(slot))]);
    }
}
