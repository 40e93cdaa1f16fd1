namespace LoraEdge;

/// <summary>What an adapter trains.</summary>
public enum AdaptationMethod
{
    /// <summary>A frozen, B trained (arXiv:2308.03303). The default: small files that can be merged exactly.</summary>
    LoraFa,

    /// <summary>A and B trained (arXiv:2106.09685). The adapter carries its own A.</summary>
    Lora,
}
