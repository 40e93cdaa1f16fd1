namespace LoraEdge.Inference;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed record SessionSettings
{
    /// <summary>
    /// CPU threads of one inference, the calling one included. Default: 1, so that the host keeps its other cores. With more,
    /// ONNX Runtime's worker threads spin for a while after every inference.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>What its runs may take.</summary>
    public RunLimits Limits { get; init; } = new();
}
