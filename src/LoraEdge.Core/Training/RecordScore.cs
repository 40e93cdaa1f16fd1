namespace LoraEdge;

/// <summary>How well an adapter foretells one record.</summary>
/// <param name="Loss">Weighted mean of the objective's loss over the record's targets; in nats for a cross-entropy. 0 where <paramref name="Weight"/> is.</param>
/// <param name="Weight">
/// Weight of all the record's targets together, as training counts them: 1 for a class, the positions with a target for a
/// sequence of classes, the number of values for a regression, times the weights of record and step.
/// </param>
public readonly record struct RecordScore(double Loss, double Weight)
{
    /// <summary>Whether the loss is a number. Where it is not, the record or what the adapter makes of the model is out of bounds.</summary>
    public bool IsFinite => !double.IsNaN(Loss) && !double.IsInfinity(Loss);
}
