using System.Runtime.InteropServices;
using TorchSharp;

namespace LoraEdge.Training.Execution;

/// <summary>Whether libtorch can compute on this machine's GPUs.</summary>
internal static class CudaRuntime
{
    private static readonly Lazy<(string? Problem, int Devices)> s_state = new(Probe);

    /// <exception cref="NativeRuntimeException">The device is not there, or libtorch cannot compute on it.</exception>
    public static void Require(int index)
    {
        if (ProblemWith(index) is { } problem)
            throw new NativeRuntimeException(problem);
    }

    /// <summary>Why a CUDA device cannot be used, with what to do; null when it can.</summary>
    /// <param name="index">Which one, from 0.</param>
    public static string? ProblemWith(int index)
    {
        (string? problem, int devices) = s_state.Value;
        if (problem is not null)
            return $"Training on the CUDA device {index} is not possible: {problem}, or train on TrainingDevice.Cpu.";
        return index < devices ? null
            : $"Training on the CUDA device {index} is not possible: there are {devices}, counted from 0. Choose one of them, or TrainingDevice.Auto.";
    }

    /// <summary>Why no CUDA device can be used with the libtorch of an application; null when nothing is missing in its folder.</summary>
    /// <param name="application">Folder of the application.</param>
    public static string? ProblemIn(string application)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
            return "there is no CUDA on macOS. Use a machine that has it";
        // Asked before libtorch is: where TorchSharp does not find CUDA it searches the package cache and copies gigabytes.
        return NativeLibtorch.Has(application, RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "torch_cuda.dll" : "libtorch_cuda.so")
            ? null
            : $"libtorch is the CPU build ({application}). Build the executable with <LoraEdgeTorch>cuda</LoraEdgeTorch> (Windows x64 and Linux x64)";
    }

    private static (string? Problem, int Devices) Probe()
    {
        if (ProblemIn(AppContext.BaseDirectory) is { } problem)
            return (problem, 0);
        try
        {
            if (!torch.cuda.is_available())
                return ("no CUDA device was found. Check that the machine has an NVIDIA GPU and a driver for it", 0);
            // Convolutions in float32 are meant as such, and not with the 10 bits of precision that cuDNN may take by itself.
            torch.backends.cudnn.allow_tf32 = false;
            return (null, torch.cuda.device_count());
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException or DllNotFoundException or ExternalException)
        {
            return ($"libtorch's CUDA build was found but cannot be loaded ({error.GetBaseException().Message.Split('\n')[0]}). Check the GPU's driver", 0);
        }
    }
}
