namespace LoraEdge.Training.Sequences;

/// <summary>What the steps of one record are for.</summary>
internal static class SequenceSteps
{
    /// <summary>The steps; a record that is none of several is a sequence of one.</summary>
    public static IReadOnlyList<Interaction> Of(Interaction record) => record.Steps.Count > 0 ? record.Steps : [record];

    /// <summary>Weight of one of the record's steps in the loss.</summary>
    public static float WeightOf(Interaction record, Interaction step) => record.Steps.Count > 0 ? record.Weight * step.Weight : step.Weight;
}
