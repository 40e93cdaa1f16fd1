using System.Buffers;

namespace LoraEdge;

/// <summary>A byte array that grows while it is written; netstandard2.0 has no <c>ArrayBufferWriter</c>.</summary>
internal sealed class GrowingBuffer : IBufferWriter<byte>
{
    private byte[] _bytes;

    public GrowingBuffer(int capacity) => _bytes = new byte[Math.Max(capacity, 16)];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Forgets what was written behind a length.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length < needed)
            Array.Resize(ref _bytes, Math.Max(checked(Length + needed), (int)Math.Min(2L * _bytes.Length, int.MaxValue / 2)));
    }
}
