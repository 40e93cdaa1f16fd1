using System.Runtime.InteropServices;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The few functions of NVIDIA's driver that TorchSharp has no counterpart of: the memory pool that libtorch takes its memory
/// from (https://docs.nvidia.com/cuda/cuda-driver-api, "Stream Ordered Memory Allocator"). Each answers 0 when it succeeds.
/// </summary>
internal static class CudaDriver
{
    /// <summary>Whether a device has memory pools.</summary>
    public const int MemoryPoolsSupported = 115;

    /// <summary>Bytes that are in use.</summary>
    public const int UsedCurrent = 7;

    /// <summary>Most bytes in use since this was set to 0.</summary>
    public const int UsedHigh = 8;

    private static bool IsWindows { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Whether there is a driver that knows memory pools: one for CUDA 11.4 or newer.</summary>
    public static bool KnowsPools()
    {
        try
        {
            return (IsWindows ? Windows.cuDriverGetVersion(out int version) : Linux.cuDriverGetVersion(out version)) == 0 && version >= 11040;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    public static int Initialize() => IsWindows ? Windows.cuInit(0) : Linux.cuInit(0);

    public static int Device(out int device, int index) => IsWindows ? Windows.cuDeviceGet(out device, index) : Linux.cuDeviceGet(out device, index);

    public static int DeviceAttribute(out int value, int attribute, int device) =>
        IsWindows ? Windows.cuDeviceGetAttribute(out value, attribute, device) : Linux.cuDeviceGetAttribute(out value, attribute, device);

    public static int DefaultPool(out IntPtr pool, int device) =>
        IsWindows ? Windows.cuDeviceGetDefaultMemPool(out pool, device) : Linux.cuDeviceGetDefaultMemPool(out pool, device);

    public static int GetPoolAttribute(IntPtr pool, int attribute, out ulong value) =>
        IsWindows ? Windows.cuMemPoolGetAttribute(pool, attribute, out value) : Linux.cuMemPoolGetAttribute(pool, attribute, out value);

    public static int SetPoolAttribute(IntPtr pool, int attribute, ulong value) =>
        IsWindows ? Windows.cuMemPoolSetAttribute(pool, attribute, ref value) : Linux.cuMemPoolSetAttribute(pool, attribute, ref value);

    public static int TrimPool(IntPtr pool, UIntPtr bytesToKeep) => IsWindows ? Windows.cuMemPoolTrimTo(pool, bytesToKeep) : Linux.cuMemPoolTrimTo(pool, bytesToKeep);

    private static class Windows
    {
        private const string Library = "nvcuda";

        [DllImport(Library)]
        public static extern int cuInit(uint flags);

        [DllImport(Library)]
        public static extern int cuDriverGetVersion(out int version);

        [DllImport(Library)]
        public static extern int cuDeviceGet(out int device, int ordinal);

        [DllImport(Library)]
        public static extern int cuDeviceGetAttribute(out int value, int attribute, int device);

        [DllImport(Library)]
        public static extern int cuDeviceGetDefaultMemPool(out IntPtr pool, int device);

        [DllImport(Library)]
        public static extern int cuMemPoolGetAttribute(IntPtr pool, int attribute, out ulong value);

        [DllImport(Library)]
        public static extern int cuMemPoolSetAttribute(IntPtr pool, int attribute, ref ulong value);

        [DllImport(Library)]
        public static extern int cuMemPoolTrimTo(IntPtr pool, UIntPtr minBytesToKeep);
    }

    private static class Linux
    {
        private const string Library = "libcuda.so.1";

        [DllImport(Library)]
        public static extern int cuInit(uint flags);

        [DllImport(Library)]
        public static extern int cuDriverGetVersion(out int version);

        [DllImport(Library)]
        public static extern int cuDeviceGet(out int device, int ordinal);

        [DllImport(Library)]
        public static extern int cuDeviceGetAttribute(out int value, int attribute, int device);

        [DllImport(Library)]
        public static extern int cuDeviceGetDefaultMemPool(out IntPtr pool, int device);

        [DllImport(Library)]
        public static extern int cuMemPoolGetAttribute(IntPtr pool, int attribute, out ulong value);

        [DllImport(Library)]
        public static extern int cuMemPoolSetAttribute(IntPtr pool, int attribute, ref ulong value);

        [DllImport(Library)]
        public static extern int cuMemPoolTrimTo(IntPtr pool, UIntPtr minBytesToKeep);
    }
}
