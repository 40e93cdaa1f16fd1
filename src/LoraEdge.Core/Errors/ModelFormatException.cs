namespace LoraEdge;

/// <summary>A model file is missing, truncated, not ONNX, or breaks the rules of the ONNX specification.</summary>
public sealed class ModelFormatException : LoraEdgeException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, where, what was expected and what to do.</param>
    /// <param name="innerException">The cause, when another exception led here.</param>
    public ModelFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
