namespace LoraEdge.Training.Execution;

/// <summary>
/// Goes through a plan from its end: drops the steps whose results only served shape arithmetic that is folded by now, and
/// finds for every value the last step that uses it.
/// </summary>
internal static class NeededSteps
{
    /// <summary>The steps that remain, each with the slots that can be disposed after it.</summary>
    /// <param name="steps">Steps in order.</param>
    /// <param name="wanted">Slots of the wanted values; they outlive the run.</param>
    /// <param name="borrowed">Slots of inputs and constants; they outlive the run too.</param>
    public static PlanStep[] Select(IReadOnlyList<PlanStep> steps, IReadOnlyList<int> wanted, IEnumerable<int> borrowed)
    {
        HashSet<int> needed = [.. wanted];
        HashSet<int> seen = [-1, .. wanted, .. borrowed];
        var selected = new Stack<PlanStep>();
        foreach (PlanStep step in steps.Reverse())
        {
            if (!step.Outputs.Any(needed.Contains))
                continue;
            needed.UnionWith(step.Inputs.Where(slot => slot >= 0));
            // HashSet.Add answers true exactly once per slot, and we come from the end.
            selected.Push(step with { LastUses = [.. step.Inputs.Concat(step.Outputs).Where(seen.Add)] });
        }

        return [.. selected];
    }
}
