namespace LoraEdge.Training.Execution;

/// <summary>Operator domains besides ONNX's own.</summary>
internal static class Domains
{
    /// <summary>ONNX Runtime's own operators, which its optimizers and exporters write; their version is 1.</summary>
    public const string Microsoft = "com.microsoft";
}
