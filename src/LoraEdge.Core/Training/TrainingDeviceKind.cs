namespace LoraEdge;

/// <summary>Kinds of processors that training can compute on.</summary>
public enum TrainingDeviceKind
{
    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>A GPU where there is one, else the CPU.</summary>
    Auto,
}
