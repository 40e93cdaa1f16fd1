using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>Where a model is executed, and what its frozen weights are held in.</summary>
/// <param name="Device">The device of all tensors.</param>
/// <param name="WeightType">Element type of the frozen weights that <see cref="NarrowWeights"/> finds; float32 for all as they are.</param>
internal sealed record Placement(Device Device, ScalarType WeightType)
{
    /// <summary>As the model stores them, on the CPU.</summary>
    public static Placement Default { get; } = new(CPU, ScalarType.Float32);

    /// <summary>Whether that is the CPU, whose memory managed code can reach.</summary>
    public bool IsOnCpu => Device.type == DeviceType.CPU;

    /// <summary>Whether some frozen weights are held in half precision.</summary>
    public bool IsNarrow => WeightType != ScalarType.Float32;

    /// <summary>As the options ask for.</summary>
    /// <exception cref="NativeRuntimeException">The device is not there, or libtorch cannot compute on it.</exception>
    public static Placement Of(TrainingOptions options) => new(DeviceOf(options.Device), options.WeightType switch
    {
        LoraEdge.WeightType.Float16 => ScalarType.Float16,
        LoraEdge.WeightType.BFloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    });

    /// <summary>On a device, weights as the model stores them.</summary>
    /// <exception cref="NativeRuntimeException">The device is not there, or libtorch cannot compute on it.</exception>
    public static Placement On(TrainingDevice device) => new(DeviceOf(device), ScalarType.Float32);

    /// <summary>A tensor on a device.</summary>
    /// <param name="tensor">The tensor, taken over.</param>
    /// <param name="device">The device.</param>
    public static Tensor Move(Tensor tensor, Device device)
    {
        if (tensor.device_type == device.type && (device.type == DeviceType.CPU || tensor.device_index == device.index))
            return tensor;
        using (tensor)
            return tensor.to(device);
    }

    /// <summary>Gives the memory that nothing uses at present back to the system, or to the GPU's driver.</summary>
    public void ReleaseUnusedMemory()
    {
        if (IsOnCpu)
            NativeHeap.GiveBackUnused();
        else
            CudaMemory.Of(Device.index)?.Trim();
    }

    private static Device DeviceOf(TrainingDevice device)
    {
        NativeLibtorch.EnsureLoaded();
        if (device.Kind == TrainingDeviceKind.Cpu || (device.Kind == TrainingDeviceKind.Auto && CudaRuntime.ProblemWith(device.Index) is not null))
            return CPU;
        CudaRuntime.Require(device.Index);
        return new Device(DeviceType.CUDA, device.Index);
    }
}
