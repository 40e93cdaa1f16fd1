using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>Opens ONNX Runtime sessions, and turns what can go wrong there into LoraEdge's errors.</summary>
internal static class NativeSession
{
    /// <summary>What runs the sessions: ONNX Runtime's version and the execution provider, which is the CPU's.</summary>
    public static string Runtime => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, CPUExecutionProvider";

    /// <summary>Opens a session at the default optimization level.</summary>
    /// <param name="bytes">The content of an <c>.onnx</c> file; not read after the call.</param>
    /// <param name="model">Name of the model, for messages.</param>
    /// <param name="settings">How to run it.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing or does not fit.</exception>
    public static InferenceSession Open(byte[] bytes, string model, SessionSettings settings)
    {
        if (settings.Threads < 1)
            throw new InvalidOptionsException($"A session cannot run on {settings.Threads} threads; give it 1 or more.");
        settings.Limits.Validate();
        try
        {
            using SessionOptions options = Options(settings);
            SessionMemory.Bound(options, bytes.LongLength, settings.Limits);
            return new InferenceSession(bytes, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelFormatException($"ONNX Runtime cannot load {model}: {error.Message} Check the model with the ONNX checker, or export it again.", error);
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new NativeRuntimeException($"Serving needs ONNX Runtime, but its native library cannot be loaded from {AppContext.BaseDirectory}: {FirstLine(error.GetBaseException())} Set <UsesOnnxRuntime>true</UsesOnnxRuntime> in the executable's project.", error);
        }
    }

    private static SessionOptions Options(SessionSettings settings)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = settings.Threads,

            // Errors come as exceptions; nothing is to be written to the host's console besides.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };

        // ONNX Runtime fuses DequantizeLinear and MatMul, and by default then rounds the activations to 8 bits as well, which the
        // model does not say and training does not do: half a percent of the result. 1 keeps them in float32.
        options.AddSessionConfigEntry("session.qdq_matmulnbits_accuracy_level", "1");
        return options;
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd();
}
