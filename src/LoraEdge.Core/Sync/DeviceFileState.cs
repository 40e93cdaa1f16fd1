namespace LoraEdge;

/// <summary>What a file of a devices folder counts for.</summary>
public enum DeviceFileState
{
    /// <summary>No other file has seen all that it has learned from: it takes part in the effective adapter.</summary>
    Head,

    /// <summary>A head; another one has the same device and generation and other content, so two installations share an id.</summary>
    Clone,

    /// <summary>Another file includes it, has the same content, or says that the player was forgotten.</summary>
    Superseded,

    /// <summary>It is whole and belongs to another model, projection or rank, or to a newer version; or it could not be read.</summary>
    Ignored,

    /// <summary>It is not an adapter file, or not as it was written.</summary>
    Damaged,

    /// <summary>It says that the player was forgotten.</summary>
    Tombstone,
}
