namespace LoraEdge;

/// <summary>What a language model has continued a prompt with.</summary>
/// <param name="Tokens">The new tokens in order, without the prompt and without the token that stopped it.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Adapter">The adapter that computed all of it; null for the frozen model.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, GenerationEnd End, Adapter? Adapter);
