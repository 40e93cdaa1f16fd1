namespace LoraEdge;

/// <summary>The processor that training computes on. The default value is <see cref="Cpu"/>.</summary>
/// <param name="Kind">The kind of processor.</param>
/// <param name="Index">Which one of its kind, from 0; without meaning for the CPU.</param>
public readonly record struct TrainingDevice(TrainingDeviceKind Kind, int Index)
{
    /// <summary>The CPU.</summary>
    public static TrainingDevice Cpu => default;

    /// <summary>The first CUDA device where libtorch has CUDA and the machine such a device, else the CPU.</summary>
    public static TrainingDevice Auto => new(TrainingDeviceKind.Auto, 0);

    /// <summary>A CUDA device; training fails where there is none.</summary>
    /// <param name="index">Which one, from 0, as CUDA counts them.</param>
    public static TrainingDevice Cuda(int index = 0) => new(TrainingDeviceKind.Cuda, index);
}
