namespace LoraEdge;

/// <summary>Upper bounds of what adapter and projection files may hold. Readers refuse more before they allocate for it.</summary>
public static class AdapterLimits
{
    /// <summary>Largest file, in bytes: 64 MiB.</summary>
    public const int MaxFileBytes = 64 << 20;

    /// <summary>Most targets of an adapter.</summary>
    public const int MaxTargets = 65_536;

    /// <summary>Highest <see cref="AdapterTarget.InitializerIndex"/>: an index takes at most three bytes in a file.</summary>
    public const int MaxInitializerIndex = 65_535;

    /// <summary>Highest rank.</summary>
    public const int MaxRank = 256;

    /// <summary>Most rows of B: 2^24.</summary>
    public const int MaxOutFeatures = 1 << 24;

    /// <summary>
    /// Most columns of A: 8,388,607, so that the sum of the squares of a row's 21-bit integers stays below 2^63.
    /// </summary>
    public const int MaxInFeatures = 8_388_607;

    /// <summary>Most extension fields of an adapter, the explicit A not counted.</summary>
    public const int MaxExtensions = 64;

    /// <summary>Highest number of an extension field.</summary>
    public const int MaxExtensionNumber = 65_535;

    /// <summary>Most bytes of one preserved extension field: 64 KiB.</summary>
    public const int MaxExtensionBytes = 64 << 10;
}
