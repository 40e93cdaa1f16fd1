namespace Rival.Adaptation;

/// <summary>What is trained for a player.</summary>
public enum AdaptationKind
{
    /// <summary>A low-rank change with a frozen projection: the default.</summary>
    LoraFa,

    /// <summary>A low-rank change whose projection is trained as well, for comparison.</summary>
    Lora,

    /// <summary>All weights, for comparison.</summary>
    Full,
}
