namespace LoraEdge;

/// <summary>What training minimises, as data: a value of the graph and a loss on it. Only the value's ancestors are run.</summary>
public sealed record Objective
{
    /// <summary>Name of any value in the graph, an output or an internal one (for example the input of a final Softmax).</summary>
    public required string ValueName { get; init; }

    /// <summary>What the value holds; ignored by the regression losses. Default: logits.</summary>
    public ObjectiveForm Form { get; init; } = ObjectiveForm.Logits;

    /// <summary>The loss. Default: cross-entropy with one class per record.</summary>
    public LossKind Loss { get; init; } = LossKind.CrossEntropy;

    /// <summary>
    /// For <see cref="LossKind.CrossEntropy"/> on a value of shape <c>(N, T, C)</c>: the position that counts; negative
    /// numbers count from the end. Default: the last. Without meaning for a value of shape <c>(N, C)</c>.
    /// </summary>
    public int Position { get; init; } = -1;

    /// <summary>Target index that marks a position without a target. Default: -100, as in PyTorch.</summary>
    public long IgnoreIndex { get; init; } = -100;

    /// <summary>Where the Huber loss turns from quadratic to linear. Default: 1.</summary>
    public float HuberDelta { get; init; } = 1f;

    /// <summary>Why a record's target cannot be learned with this objective, as the end of a sentence; null when it can.</summary>
    /// <param name="target">The target.</param>
    /// <remarks>The number of classes is the model's affair and not known here.</remarks>
    public string? ProblemWith(Target target) => Loss switch
    {
        LossKind.MeanSquaredError or LossKind.Huber => TargetRules.ProblemOfValues(target),
        LossKind.SequenceCrossEntropy => TargetRules.ProblemOfSequence(target, IgnoreIndex),
        _ => TargetRules.ProblemOfClass(target),
    };

    /// <summary>The same, where something is known of what the model computes for the record.</summary>
    /// <param name="target">The target.</param>
    /// <param name="shape">Sizes of the value's axes, the batch axis in front; null for a size that is not known, empty when nothing is.</param>
    public string? ProblemWith(Target target, IReadOnlyList<long?> shape) => ProblemWith(target) ?? Loss switch
    {
        LossKind.MeanSquaredError or LossKind.Huber => TargetShape.ProblemOfValues(target, shape),
        LossKind.SequenceCrossEntropy => TargetShape.ProblemOfSequence(target, shape, IgnoreIndex),
        _ => TargetShape.ProblemOfClass(target, shape),
    };
}
