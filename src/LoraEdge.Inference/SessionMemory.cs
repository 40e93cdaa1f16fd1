using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// Bounds the memory in which small models compute. A damaged model, or a wrong input that decides a shape, may ask for all
/// the memory of the machine, and ONNX Runtime would take it. Weights are not counted, and large models are left alone.
/// </summary>
internal static class SessionMemory
{
    /// <summary>Bytes of values at one time, of all sessions of small models in the process.</summary>
    private const uint Limit = 512u << 20;

    /// <summary>Models up to this size of the file are bound: those whose values have no reason to be larger.</summary>
    private const long SmallModel = 32L << 20;

    private static readonly Lazy<bool> s_registered = new(Register);

    /// <summary>Makes a session compute within the limit.</summary>
    /// <param name="options">The session's options.</param>
    /// <param name="modelBytes">Size of the model.</param>
    public static void Bound(SessionOptions options, long modelBytes)
    {
        if (modelBytes > SmallModel || !s_registered.Value)
            return;
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");

        // What is computed once at the beginning has its own memory. Older versions do not know this and read past it.
        options.AddSessionConfigEntry("optimization.constant_folding_max_output_size_in_bytes", Limit.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Register()
    {
        try
        {
            using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
            using var arena = new OrtArenaCfg(Limit, -1, -1, -1);
            OrtEnv.Instance().CreateAndRegisterAllocator(memory, arena);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            // The host has an allocator of its own for all sessions, and with it decides on a bound.
            return false;
        }
    }
}
