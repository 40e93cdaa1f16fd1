namespace LoraEdge;

/// <summary>Names the matrix A that an adapter was trained with. Adapters can be combined only when this is equal.</summary>
public sealed record Projection
{
    /// <summary>Where A comes from.</summary>
    public required ProjectionKind Kind { get; init; }

    /// <summary>
    /// The 64-bit seed of a <see cref="ProjectionKind.Seeded"/> projection; for a calibrated one the first eight bytes
    /// (little-endian) of the SHA-256 of its file; 0 for an explicit one.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// CRC-32 over A of every target in target order, as little-endian floats, row-major. A reader that arrives at
    /// another value makes another A and must refuse the adapter. 0 for an explicit projection.
    /// </summary>
    public uint Crc32 { get; init; }
}
