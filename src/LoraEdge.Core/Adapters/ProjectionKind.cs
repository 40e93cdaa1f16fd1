namespace LoraEdge;

/// <summary>Where the matrix A of an adapter comes from. The numbers are part of the file format.</summary>
public enum ProjectionKind
{
    /// <summary>Generated from a seed by the frozen projection, version 1.</summary>
    Seeded = 1,

    /// <summary>Shipped once beside the model and shared by all of its players; identified by its hash.</summary>
    Calibrated = 2,

    /// <summary>Trained, and stored in the adapter itself (plain LoRA).</summary>
    Explicit = 3,
}
