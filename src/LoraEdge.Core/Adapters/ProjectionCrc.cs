using System.IO.Hashing;

namespace LoraEdge;

/// <summary>
/// CRC-32 (that of zlib and PNG) over the A of every target in target order, as little-endian floats, row-major. What
/// <see cref="Projection.Crc32"/> holds.
/// </summary>
public sealed class ProjectionCrc
{
    private const int ChunkValues = 1024;
    private readonly Crc32 _crc = new();
    private readonly byte[] _chunk = new byte[4 * ChunkValues];

    /// <summary>The value over everything appended so far.</summary>
    public uint Value => _crc.GetCurrentHashAsUInt32();

    /// <summary>Adds the A of the next target.</summary>
    /// <param name="a">A, shape <c>(r, in)</c>, row-major.</param>
    public void Append(ReadOnlySpan<float> a)
    {
        while (!a.IsEmpty)
        {
            ReadOnlySpan<float> part = a.Slice(0, Math.Min(ChunkValues, a.Length));
            FloatPayload.Write(part, AdapterPrecision.Float32, _chunk);
            _crc.Append(_chunk.AsSpan(0, 4 * part.Length));
            a = a.Slice(part.Length);
        }
    }

    /// <summary>The value over the A of every target.</summary>
    /// <param name="matrices">A of every target, in target order.</param>
    public static uint Over(IEnumerable<float[]> matrices)
    {
        var crc = new ProjectionCrc();
        foreach (float[] a in matrices)
            crc.Append(a);
        return crc.Value;
    }
}
