using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>A native session over memory of others, which it leaves when it is disposed.</summary>
/// <param name="bytes">The content of an <c>.onnx</c> file.</param>
/// <param name="options">Its options.</param>
/// <param name="packed">Where prepared weights are kept.</param>
/// <param name="leave">Called once, after the native session was released.</param>
internal sealed class SharingSession(byte[] bytes, SessionOptions options, PrePackedWeightsContainer packed, Action leave) : InferenceSession(bytes, options, packed)
{
    private Action? _leave = leave;

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);

        // A finalizer may come after those of the memory, which then stays pinned.
        if (disposing)
            Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
