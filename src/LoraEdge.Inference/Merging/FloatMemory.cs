using System.Buffers;
using System.Runtime.InteropServices;

namespace LoraEdge.Inference;

/// <summary>Floats within bytes, at whatever index they lie.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="start">Index of the first one.</param>
/// <param name="count">Number of floats.</param>
internal sealed class FloatMemory(byte[] bytes, int start, int count) : MemoryManager<float>
{
    /// <inheritdoc />
    public override Span<float> GetSpan() => MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start, count * sizeof(float)));

    /// <inheritdoc />
    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Unpin()
    {
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
    }
}
