namespace LoraEdge;

/// <summary>How a language model continues a prompt.</summary>
public sealed record GenerationOptions
{
    /// <summary>New tokens after which a sequence ends; 1 or more. Default: 128.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>
    /// What logits are divided by before they become probabilities, 0 to 100: below 1 likely tokens become likelier. 0 always
    /// takes the likeliest token (greedy). Default: 1, the model's own distribution.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the likeliest tokens a token is drawn from; 0 for all. Default: 0.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// A token is drawn from the fewest likeliest ones whose probabilities add up to this, above 0 and at most 1 (nucleus
    /// sampling, arXiv:1904.09751). Applied after <see cref="TopK"/>. Default: 1, all.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the draws: the same seed, prompt, adapter, options and machine give the same tokens. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Tokens that end a sequence; they are not part of it. Default: none.</summary>
    public IReadOnlyCollection<int> StopTokens { get; init; } = [];

    /// <summary>
    /// Tokens that the model can take, prompt and continuation together: needed where the file does not declare it, as most
    /// files do not. Default: null, as many as the model declares, or no bound, and ONNX Runtime reports what does not fit.
    /// </summary>
    public int? ContextLength { get; init; }

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InvalidOptionsException">An option is outside its range; the message names both.</exception>
    public void Validate()
    {
        Require(MaxTokens >= 1, nameof(MaxTokens), MaxTokens, "1 or more");
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "0 to 100");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Require(ContextLength is null or >= 1, nameof(ContextLength), ContextLength ?? 0, "1 or more, or null for what the model declares");
        if (StopTokens is null)
            throw new InvalidOptionsException($"The option {nameof(StopTokens)} is null; leave it out, or give it an empty list, for none.");
    }

    private static void Require(bool holds, string option, double value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The option {option} is {value}; it must be {range}.");
    }
}
