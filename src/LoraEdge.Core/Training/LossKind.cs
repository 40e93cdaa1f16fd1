namespace LoraEdge;

/// <summary>How the objective's value is compared with a record's target.</summary>
public enum LossKind
{
    /// <summary>Cross-entropy in nats against one class per record; value shape <c>(N, C)</c>.</summary>
    CrossEntropy,

    /// <summary>Cross-entropy in nats, the mean over the positions of a sequence that carry a target; value shape <c>(N, T, C)</c>.</summary>
    SequenceCrossEntropy,

    /// <summary>Mean squared error over all elements of a record.</summary>
    MeanSquaredError,

    /// <summary>Huber loss with threshold <see cref="Objective.HuberDelta"/>, mean over all elements of a record.</summary>
    Huber,
}
