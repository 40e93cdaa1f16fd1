using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// Bounds the memory in which small models compute. A damaged model, or a wrong input that decides a shape, may ask for all
/// the memory of the machine, and ONNX Runtime would take it. Weights are not counted, and large models are left alone.
/// </summary>
internal static class SessionMemory
{
    /// <summary>Models up to this size of the file are bound: those whose values have no reason to be larger.</summary>
    private const long SmallModel = 32L << 20;

    private static readonly object s_lock = new();

    // Megabytes of the process's memory; null as long as there is none, 0 where the host has one of its own.
    private static int? s_megabytes;

    /// <summary>Makes a session compute within the limit.</summary>
    /// <param name="options">The session's options.</param>
    /// <param name="modelBytes">Size of the model.</param>
    /// <param name="limits">What the host allows.</param>
    /// <exception cref="InvalidOptionsException">The process has a memory of another size than the host asks for.</exception>
    public static void Bound(SessionOptions options, long modelBytes, RunLimits limits)
    {
        if (modelBytes > SmallModel || limits.ServingMegabytes is not { } asked || Shared(asked) is not (> 0 and int megabytes))
            return;
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");

        // What is computed once at the beginning has its own memory. Older versions do not know this and read past it.
        options.AddSessionConfigEntry("optimization.constant_folding_max_output_size_in_bytes", ((long)megabytes << 20).ToString(CultureInfo.InvariantCulture));
    }

    private static int Shared(int asked)
    {
        lock (s_lock)
        {
            int shared = s_megabytes ??= Register(asked);
            return shared == 0 || asked == shared || asked == RunLimits.DefaultServingMegabytes
                ? shared
                : throw new InvalidOptionsException($"The limit {nameof(RunLimits.ServingMegabytes)} is {asked}, but the sessions of this process share {shared} MB already. Ask for it when the first session is opened, and for the same or the default after that.");
        }
    }

    private static int Register(int megabytes)
    {
        try
        {
            using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
            using var arena = new OrtArenaCfg((uint)megabytes << 20, -1, -1, -1);
            OrtEnv.Instance().CreateAndRegisterAllocator(memory, arena);
            return megabytes;
        }
        catch (OnnxRuntimeException)
        {
            // The host has an allocator of its own for all sessions, and with it decides on a bound.
            return 0;
        }
    }
}
