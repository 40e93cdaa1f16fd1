using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace LoraEdge;

/// <summary>One installation on one device: 16 random bytes, ordered as bytes are. The default value stands for no device.</summary>
public readonly struct DeviceId : IEquatable<DeviceId>, IComparable<DeviceId>
{
    /// <summary>Length of an id in bytes.</summary>
    public const int Length = 16;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>Wraps the bytes of an id.</summary>
    /// <param name="bytes">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public DeviceId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"A device id has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt64BigEndian(bytes.Slice(8));
    }

    /// <summary>Draws an id from the system's secure random numbers.</summary>
    public static DeviceId Random()
    {
        byte[] bytes = new byte[Length];
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        random.GetBytes(bytes);
        return new DeviceId(bytes);
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _low);
        return bytes;
    }

    /// <inheritdoc />
    public int CompareTo(DeviceId other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <inheritdoc />
    public bool Equals(DeviceId other) => _high == other._high && _low == other._low;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is DeviceId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => (_high ^ _low).GetHashCode();

    /// <summary>Lower-case hexadecimal digits, 32 characters.</summary>
    public override string ToString() => _high.ToString("x16", CultureInfo.InvariantCulture) + _low.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Whether two ids are equal.</summary>
    public static bool operator ==(DeviceId left, DeviceId right) => left.Equals(right);

    /// <summary>Whether two ids differ.</summary>
    public static bool operator !=(DeviceId left, DeviceId right) => !left.Equals(right);
}
