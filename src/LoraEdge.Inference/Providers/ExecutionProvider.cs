namespace LoraEdge.Inference;

/// <summary>What runs the nodes of a model: an execution provider of ONNX Runtime. Nodes that it does not know run on the CPU.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor. Every build of ONNX Runtime has it.</summary>
    Cpu,

    /// <summary>A GPU under Windows, through Direct3D 12. One run at a time per session.</summary>
    DirectML,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>GPU or neural engine of an Apple device.</summary>
    CoreML,

    /// <summary>The processor, with kernels made for phones.</summary>
    Xnnpack,
}
