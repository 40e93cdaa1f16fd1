namespace LoraEdge.Inference;

/// <summary>How adapters are served.</summary>
public enum ServingMode
{
    /// <summary>
    /// Merged into a session of its own, with packed weights: runs cost what the base costs. A new adapter takes a session to be
    /// built, off the host's thread. Serves every model.
    /// </summary>
    Merged,

    /// <summary>
    /// Merged into a buffer of unpacked weights that the runs of one session are fed: a new adapter takes a pass over the adapted
    /// weights, and runs cost more than the base's. On the CPU, for weights of float32.
    /// </summary>
    InPlace,

    /// <summary>
    /// Added beside the layers, from a table: a new adapter takes a write of a few kilobytes, and each row of a batch can be
    /// another player's. Runs cost an extra thin product for each layer. Not for recurrent weights.
    /// </summary>
    Attached,

    /// <summary>Whichever of the three costs least, measured on this machine with this model; see <see cref="ServingChoice"/>.</summary>
    Auto,
}
