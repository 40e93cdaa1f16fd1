using System.Runtime.InteropServices;
using TorchSharp;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Looks for libtorch before TorchSharp does. When TorchSharp finds nothing it copies half a gigabyte out of the package
/// cache and then throws a type initializer error; this says in one line what is missing.
/// </summary>
internal static class NativeLibtorch
{
    private static readonly Lazy<string?> s_problem = new(Probe);

    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        if (s_problem.Value is { } problem)
            throw new NativeRuntimeException(problem);
    }

    /// <summary>Why libtorch cannot be found, or null when it is there.</summary>
    /// <param name="application">Folder of the application.</param>
    public static string? ProblemIn(string application)
    {
        string file = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "LibTorchSharp.dll"
            : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        return Has(application, file)
            ? null
            : $"Training needs libtorch, but {file} is not beside the application ({application}). Set <UsesTorch>true</UsesTorch> in the executable's project, or run without a trainer.";
    }

    /// <summary>Whether a native library is where an application finds it.</summary>
    /// <param name="application">Folder of the application.</param>
    /// <param name="file">Name of the library's file.</param>
    public static bool Has(string application, string file) => SearchFolders(application).Any(folder => File.Exists(Path.Combine(folder, file)));

    private static string? Probe()
    {
        if (ProblemIn(AppContext.BaseDirectory) is { } problem)
            return problem;
        if (CudaRuntime.ProblemIn(AppContext.BaseDirectory) is null)
            CudaAllocator.ChoosePool();
        HugePages.Allow();
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            return null;
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            return $"libtorch was found but cannot be loaded: {error.GetBaseException().Message.Split('\n')[0]} On Linux its libstdc++ must provide GLIBCXX_3.4.32, or the executable must be built by the project's own targets, which work around it.";
        }
    }

    private static IEnumerable<string> SearchFolders(string application)
    {
        yield return application;
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string system = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
        yield return Path.Combine(application, "runtimes", $"{system}-{architecture}", "native");
    }
}
