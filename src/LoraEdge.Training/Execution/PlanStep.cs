namespace LoraEdge.Training.Execution;

/// <summary>One node of a plan.</summary>
/// <param name="Run">The operation.</param>
/// <param name="Inputs">Slots of the inputs; -1 for an omitted one.</param>
/// <param name="Outputs">Slots of the outputs; -1 for one that nobody names.</param>
/// <param name="LastUses">Slots whose values are disposed after this step.</param>
internal sealed record PlanStep(Operation Run, int[] Inputs, int[] Outputs, int[] LastUses);
