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

    /// <summary>
    /// What the model carries from step to step. Default: nothing, every record stands for itself. With states, a record is a
    /// sequence (<see cref="Interaction.Sequence"/>): training runs the model step by step, each step on the state that the one
    /// before it left, and differentiates back through the steps.
    /// </summary>
    public IReadOnlyList<RecurrentState> States { get; init; } = [];

    /// <summary>
    /// Steps at the head of a sequence that are run for their state alone, without loss and without gradients (Kapturowski et
    /// al. 2019, R2D2). Default: 0. For sequences cut out of the midst of an episode, whose state is not zeros in truth; one whose
    /// first step starts an episode (<see cref="Interaction.StartsEpisode"/>) has none.
    /// </summary>
    public int BurnIn { get; init; }

    /// <summary>
    /// Steps through which gradients flow back (truncated back-propagation through time, Williams and Peng 1990). Default: 64.
    /// Behind the burn-in a sequence is cut into windows of so many steps; the state goes on from each into the next, gradients
    /// do not. What has to be remembered for longer is learned badly; memory for the backward pass grows in proportion.
    /// </summary>
    public int TruncationLength { get; init; } = 64;

    /// <summary>Refuses what cannot work, whatever the model. Loading the plugin does, and every training.</summary>
    /// <exception cref="InvalidOptionsException">A member is outside its range; the message names both.</exception>
    public void Validate()
    {
        Require(Enum.IsDefined(typeof(LossKind), Loss), nameof(Loss), (int)Loss, "one of LossKind");
        Require(Enum.IsDefined(typeof(ObjectiveForm), Form), nameof(Form), (int)Form, "one of ObjectiveForm");
        Require(HuberDelta > 0, nameof(HuberDelta), HuberDelta, "above 0");
        Require(BurnIn >= 0, nameof(BurnIn), BurnIn, "0 or more");
        Require(TruncationLength >= 1, nameof(TruncationLength), TruncationLength, "1 or more");
        if (States is null || States.Any(state => state is null || string.IsNullOrEmpty(state.Input) || string.IsNullOrEmpty(state.Output)))
            throw new InvalidOptionsException($"The objective's {nameof(States)} hold an empty name or none at all; name an input and an output of the model for each, or leave them out.");
    }

    /// <summary>
    /// Steps at the head of a record that are not learned: <see cref="BurnIn"/>, or fewer where an episode starts before that,
    /// since the state is known there.
    /// </summary>
    /// <param name="record">A sequence, or a single step.</param>
    public int BurnInOf(Interaction record)
    {
        IReadOnlyList<Interaction> steps = record.Steps.Count > 0 ? record.Steps : [record];
        int most = Math.Min(BurnIn, steps.Count), burnIn = 0;
        while (burnIn < most && !steps[burnIn].StartsEpisode)
            burnIn++;
        return burnIn;
    }

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

    private static void Require(bool holds, string member, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The objective's {member} is {value}; it must be {range}.");
    }
}
