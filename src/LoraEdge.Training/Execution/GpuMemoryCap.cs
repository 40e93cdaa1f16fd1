namespace LoraEdge.Training.Execution;

/// <summary>A bound on the GPU memory that training takes.</summary>
/// <param name="megabytes">The bound, in megabytes of 2^20 bytes.</param>
/// <param name="memory">The device's memory.</param>
internal sealed class GpuMemoryCap(double megabytes, IDeviceMemory memory)
{
    private const double Megabyte = 1 << 20;

    /// <summary>The bound that the options ask for; null for none, and on the CPU.</summary>
    /// <exception cref="NativeRuntimeException">What training takes cannot be counted on this device.</exception>
    public static GpuMemoryCap? Of(TrainingOptions options, Placement placement)
    {
        if (options.GpuMemoryCapMegabytes is not { } megabytes || placement.IsOnCpu)
            return null;
        return new GpuMemoryCap(megabytes, CudaMemory.Of(placement.Device.index) ?? throw Uncountable());
    }

    /// <summary>Called before every pass, when the weights are on the device.</summary>
    /// <exception cref="TrainingFailedException">The passes before have taken more than the bound.</exception>
    /// <exception cref="NativeRuntimeException">libtorch takes its memory from elsewhere.</exception>
    public void Require()
    {
        long used = memory.Used, peak = Math.Max(used, memory.TakePeak());
        if (peak == 0)
            throw Uncountable();
        if (peak > megabytes * Megabyte)
            throw new TrainingFailedException(FormattableString.Invariant($"Training took {peak / Megabyte:0.0} MB of GPU memory, {used / Megabyte:0.0} MB of them for what stays from batch to batch; the option GpuMemoryCapMegabytes allows {megabytes:0.0} MB. Lower BatchSize, set MemoryTargetMegabytes, or hold the weights in half precision (WeightType)."));
    }

    private static NativeRuntimeException Uncountable() =>
        new($"The option GpuMemoryCapMegabytes cannot be kept: libtorch does not take its memory from the GPU driver's pool, which needs a driver for CUDA 11.4 or newer and the environment variable {CudaAllocator.Variable} unset or \"backend:cudaMallocAsync\". Leave the option out, or change that.");
}
