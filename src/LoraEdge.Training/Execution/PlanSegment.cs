namespace LoraEdge.Training.Execution;

/// <summary>Steps of a plan that are computed again together in the backward pass.</summary>
/// <param name="Steps">The steps, in order.</param>
/// <param name="Entries">Slots of values that earlier segments computed and these steps read; neither inputs nor constants of the plan.</param>
internal sealed record PlanSegment(IReadOnlyList<PlanStep> Steps, int[] Entries);
