namespace LoraEdge;

/// <summary>One thing that a player did: what the model saw, and what it should have said.</summary>
/// <param name="Inputs">
/// The model's inputs by name. The first axis of every tensor is the batch axis and has size 1; records of equal shapes
/// are trained together by concatenation along it.
/// </param>
/// <param name="Target">What the player did.</param>
/// <param name="Weight">Weight of the record in the loss; 1 by default, 0 or more.</param>
public sealed record Interaction(IReadOnlyDictionary<string, HostTensor> Inputs, Target Target, float Weight = 1f);
