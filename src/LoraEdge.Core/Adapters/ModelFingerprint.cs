namespace LoraEdge;

/// <summary>
/// SHA-256 over every initializer and every reachable node of a model. An adapter names the fingerprint of the model it
/// was trained on and is refused by every other model.
/// </summary>
public readonly struct ModelFingerprint : IEquatable<ModelFingerprint>
{
    /// <summary>Length of a fingerprint in bytes.</summary>
    public const int Length = 32;

    private readonly byte[]? _bytes;

    /// <summary>Wraps a SHA-256 digest.</summary>
    /// <param name="digest">Exactly <see cref="Length"/> bytes; copied.</param>
    /// <exception cref="ArgumentException">The digest has another length.</exception>
    public ModelFingerprint(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Length)
            throw new ArgumentException($"A fingerprint has {Length} bytes, not {digest.Length}.", nameof(digest));
        _bytes = digest.ToArray();
    }

    /// <summary>The digest.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes ?? new byte[Length];

    /// <inheritdoc />
    public bool Equals(ModelFingerprint other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ModelFingerprint other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    /// <summary>Lower-case hexadecimal digits, 64 characters.</summary>
    public override string ToString() => string.Concat(Bytes.ToArray().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Whether two fingerprints are equal.</summary>
    public static bool operator ==(ModelFingerprint left, ModelFingerprint right) => left.Equals(right);

    /// <summary>Whether two fingerprints differ.</summary>
    public static bool operator !=(ModelFingerprint left, ModelFingerprint right) => !left.Equals(right);
}
