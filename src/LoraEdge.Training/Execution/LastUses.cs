namespace LoraEdge.Training.Execution;

/// <summary>Finds for every value the last step that uses it.</summary>
internal static class LastUses
{
    /// <summary>The same steps, each with the slots that can be disposed after it.</summary>
    /// <param name="steps">Steps in order.</param>
    /// <param name="permanent">Slots that outlive the run: inputs, constants and wanted values.</param>
    public static PlanStep[] Assign(IReadOnlyList<PlanStep> steps, HashSet<int> permanent)
    {
        var seen = new HashSet<int>(permanent) { -1 };
        var result = new PlanStep[steps.Count];
        for (int index = steps.Count - 1; index >= 0; index--)
        {
            PlanStep step = steps[index];
            // HashSet.Add answers true exactly once per slot, and we come from the end.
            int[] last = [.. step.Inputs.Concat(step.Outputs).Where(seen.Add)];
            result[index] = step with { LastUses = last };
        }

        return result;
    }
}
