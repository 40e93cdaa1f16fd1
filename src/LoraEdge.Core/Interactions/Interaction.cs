namespace LoraEdge;

/// <summary>One thing that a player did: what the model saw, and what it should have said. Or several in a row, see <see cref="Sequence"/>.</summary>
/// <param name="Inputs">
/// The model's inputs by name, without those that carry state (<see cref="Objective.States"/>). The first axis of every tensor
/// is the batch axis and has size 1; records of equal shapes are trained together by concatenation along it.
/// </param>
/// <param name="Target">What the player did.</param>
/// <param name="Weight">Weight of the record in the loss; 1 by default, 0 or more.</param>
public sealed record Interaction(IReadOnlyDictionary<string, HostTensor> Inputs, Target Target, float Weight = 1f)
{
    /// <summary>
    /// The steps of a sequence, the oldest first. Empty for a single interaction, which a model that carries state takes for a
    /// sequence of one step.
    /// </summary>
    public IReadOnlyList<Interaction> Steps { get; private init; } = [];

    /// <summary>
    /// Whether an episode begins with this step: the model's state is zeros again before it, whatever the steps in front of it
    /// left. Default: false. Without meaning for a model that carries no state.
    /// </summary>
    public bool StartsEpisode { get; init; }

    /// <summary>Steps in a row of one player, for a model that carries state from each to the next.</summary>
    /// <param name="steps">
    /// The steps in order, with inputs of the same shapes; at least one. Those with <see cref="Target.None"/> are only there for
    /// the state that they leave behind.
    /// </param>
    /// <param name="weight">Factor on the weights of all steps. Default: 1.</param>
    /// <returns>A record. <see cref="Inputs"/> are those of its first step.</returns>
    /// <exception cref="InvalidInputException">There are no steps, or one is a sequence itself.</exception>
    public static Interaction Sequence(IReadOnlyList<Interaction> steps, float weight = 1f)
    {
        if (steps.Count == 0)
            throw new InvalidInputException("A sequence has at least one step.");
        if (steps.Any(step => step.Steps.Count > 0))
            throw new InvalidInputException("A step of a sequence is a sequence itself; hand in its steps instead.");
        return new Interaction(steps[0].Inputs, Target.None, weight) { Steps = [.. steps] };
    }
}
