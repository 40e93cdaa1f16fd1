using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LoraEdge.Onnx;

/// <summary>SHA-256 over a sequence of fields, each of fixed size or preceded by its length, so that no two sequences read the same.</summary>
internal sealed class CanonicalHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>8 bytes, little-endian.</summary>
    public void Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer, value);
        _hash.AppendData(_buffer, 0, sizeof(long));
    }

    /// <summary>The bits of a float32, as a number.</summary>
    public void Float(float value) => Number(System.Runtime.CompilerServices.Unsafe.As<float, uint>(ref value));

    /// <summary>Length in bytes and UTF-8.</summary>
    public void Text(string value) => Blob(Encoding.UTF8.GetBytes(value));

    /// <summary>Length and bytes.</summary>
    public void Blob(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
#if NET
        _hash.AppendData(value);
#else
        while (value.Length > 0)
        {
            int part = Math.Min(value.Length, _buffer.Length);
            value.Slice(0, part).CopyTo(_buffer);
            _hash.AppendData(_buffer, 0, part);
            value = value.Slice(part);
        }
#endif
    }

    /// <summary>The number of items, then each item.</summary>
    public void List<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Number(items.Count);
        foreach (T item in items)
            write(item);
    }

    /// <summary>The digest, 32 bytes.</summary>
    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
