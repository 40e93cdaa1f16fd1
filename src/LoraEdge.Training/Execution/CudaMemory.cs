using TorchSharp;

namespace LoraEdge.Training.Execution;

/// <summary>The driver's memory pool of one GPU, from which libtorch takes the memory of tensors; see <see cref="CudaAllocator"/>.</summary>
internal sealed class CudaMemory : IDeviceMemory
{
    private readonly int _index;
    private readonly IntPtr _pool;

    private CudaMemory(int index, IntPtr pool) => (_index, _pool) = (index, pool);

    /// <inheritdoc />
    public long Used => Read(CudaDriver.UsedCurrent);

    /// <summary>The pool of a device; null when it has none.</summary>
    /// <param name="index">Which device, from 0.</param>
    public static CudaMemory? Of(int index)
    {
        if (!CudaDriver.KnowsPools() || CudaDriver.Initialize() != 0 || CudaDriver.Device(out int device, index) != 0)
            return null;
        bool hasPools = CudaDriver.DeviceAttribute(out int supported, CudaDriver.MemoryPoolsSupported, device) == 0 && supported != 0;
        return hasPools && CudaDriver.DefaultPool(out IntPtr pool, device) == 0 ? new CudaMemory(index, pool) : null;
    }

    /// <inheritdoc />
    public long TakePeak()
    {
        long peak = Read(CudaDriver.UsedHigh);
        CudaDriver.SetPoolAttribute(_pool, CudaDriver.UsedHigh, 0);
        return peak;
    }

    /// <summary>Gives what no tensor uses back to the driver.</summary>
    public void Trim()
    {
        // What was freed counts as used until the GPU has come to that point.
        torch.cuda.synchronize(new torch.Device(DeviceType.CUDA, _index));
        CudaDriver.TrimPool(_pool, UIntPtr.Zero);
    }

    private long Read(int attribute) => CudaDriver.GetPoolAttribute(_pool, attribute, out ulong value) == 0 ? (long)value : 0;
}
