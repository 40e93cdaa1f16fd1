using System.Runtime.InteropServices;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Which of its two CUDA allocators libtorch uses. Its own never gives memory back unless it is told to by a function that
/// TorchSharp 0.107 has not, nor one that bounds or counts it. The other one takes memory from the driver's pool, which can be
/// asked for all three; see docs/decisions/0010-devices.md.
/// </summary>
internal static class CudaAllocator
{
    /// <summary>Where libtorch reads its choice, once and for the whole process, when its CUDA library is loaded.</summary>
    public const string Variable = "PYTORCH_CUDA_ALLOC_CONF";

    /// <summary>Chooses the driver's pool, unless the user has chosen already. Called before libtorch is loaded.</summary>
    public static void ChoosePool()
    {
        bool isChosen = new[] { Variable, "PYTORCH_ALLOC_CONF" }.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
        if (isChosen || !CudaDriver.KnowsPools())
            return;
        // Not through .NET, whose variables native code does not see.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            _putenv_s(Variable, "backend:cudaMallocAsync");
        else
            setenv(Variable, "backend:cudaMallocAsync", 0);
    }

    [DllImport("ucrtbase", CharSet = CharSet.Ansi)]
    private static extern int _putenv_s(string name, string value);

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int setenv(string name, string value, int overwrite);
}
