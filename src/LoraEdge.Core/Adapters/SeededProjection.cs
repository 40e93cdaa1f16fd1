namespace LoraEdge;

/// <summary>The frozen projection, version 1, of one seed: needs no file and serves every model.</summary>
public sealed class SeededProjection : IProjectionSource
{
    /// <summary>Names the seed.</summary>
    /// <param name="seed">One per model, never per player, or the players' adapters cannot be combined.</param>
    public SeededProjection(ulong seed) => Seed = seed;

    /// <inheritdoc />
    public ProjectionKind Kind => ProjectionKind.Seeded;

    /// <inheritdoc />
    public ulong Seed { get; }

    /// <summary>Null: a seed serves every model.</summary>
    public ModelFingerprint? Model => null;

    /// <inheritdoc />
    public float[] A(AdaptableWeight weight, int rank) => FrozenProjection.Generate(weight.Name, Seed, rank, weight.InFeatures);
}
