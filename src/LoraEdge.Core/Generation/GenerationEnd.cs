namespace LoraEdge;

/// <summary>Why a sequence ended.</summary>
public enum GenerationEnd
{
    /// <summary>The model gave one of <see cref="GenerationOptions.StopTokens"/>.</summary>
    StopToken,

    /// <summary>There are <see cref="GenerationOptions.MaxTokens"/> new tokens.</summary>
    MaxTokens,

    /// <summary>The model takes no more tokens.</summary>
    ContextFull,
}
