namespace LoraEdge;

/// <summary>A native library (libtorch or ONNX Runtime) is missing or cannot be loaded on this machine.</summary>
public sealed class NativeRuntimeException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public NativeRuntimeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
