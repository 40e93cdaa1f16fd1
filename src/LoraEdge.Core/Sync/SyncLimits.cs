namespace LoraEdge;

/// <summary>Upper bounds of what is read from a folder that devices share. What exceeds them is left out and reported.</summary>
public static class SyncLimits
{
    /// <summary>Most devices in the version vector of a file.</summary>
    public const int MaxDevices = 1024;

    /// <summary>Most devices in the merged vector of a folder's files: what grows from it adds its own.</summary>
    public const int MaxMergedDevices = 1000;

    /// <summary>Most adapter files that are read from a folder; the first by ordinal name.</summary>
    public const int MaxFiles = 512;

    /// <summary>Most bytes that are read from a folder: 256 MiB.</summary>
    public const long MaxFolderBytes = 256L << 20;
}
