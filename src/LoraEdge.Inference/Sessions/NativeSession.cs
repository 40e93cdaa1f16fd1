using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>Opens ONNX Runtime sessions, and turns what can go wrong there into LoraEdge's errors.</summary>
internal static class NativeSession
{
    /// <summary>What runs the sessions: ONNX Runtime's version and the execution provider.</summary>
    public static string Runtime(ExecutionProvider provider) => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, {provider.NativeName()}";

    /// <summary>Opens a session at the default optimization level, on the first of the preferred execution providers that works.</summary>
    /// <param name="model">The model; <see cref="OnnxModel.WithKernelGuards"/> is applied here.</param>
    /// <param name="settings">How to run it.</param>
    /// <param name="choice">Which execution provider it is.</param>
    /// <param name="shared">Weights that it may share with other sessions on the CPU; null to share nothing.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing or does not fit.</exception>
    public static InferenceSession Open(OnnxModel model, SessionSettings settings, out ProviderChoice choice, SharedWeights? shared = null)
    {
        settings.Validate();
        OnnxModel guarded = model.WithKernelGuards();
        var failures = new List<ProviderFailure>();
        foreach (ProviderOptions provider in settings.Providers.TakeWhile(provider => provider.Provider != ExecutionProvider.Cpu))
        {
            if (Checked(model.Name, () => TryOpen(guarded.ToBytes(), settings, provider, failures)) is not { } session)
                continue;
            choice = new ProviderChoice(provider, failures);
            return session;
        }

        choice = new ProviderChoice(new ProviderOptions(ExecutionProvider.Cpu), failures);
        OnnxModel prepared = guarded.WithTransposedProducts();
        return OpenOnCpu(prepared.ToBytes(), model.Name, settings, shared, [.. shared?.Of(prepared) ?? []]);
    }

    /// <summary>The model as the CPU is given it.</summary>
    public static OnnxModel PreparedForCpu(OnnxModel model) => model.WithKernelGuards().WithTransposedProducts();

    /// <summary>Opens a session on the CPU.</summary>
    /// <param name="bytes">The content of an <c>.onnx</c> file, of a <see cref="PreparedForCpu"/> model. Not kept.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="settings">How to run it.</param>
    /// <param name="shared">Weights that it may share with other sessions; null to share nothing.</param>
    /// <param name="weights">Those of them that are in the bytes as they are.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing or does not fit.</exception>
    public static InferenceSession OpenOnCpu(byte[] bytes, string name, SessionSettings settings, SharedWeights? shared, IReadOnlyCollection<Initializer> weights) => Checked(name, () =>
    {
        using SessionOptions options = Options(bytes, settings);
        return shared is null ? new InferenceSession(bytes, options) : shared.Open(bytes, weights, options);
    });

    private static T Checked<T>(string model, Func<T> open)
    {
        try
        {
            return open();
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

    // The options come first: without ONNX Runtime's library no provider is to blame.
    private static InferenceSession? TryOpen(byte[] bytes, SessionSettings settings, ProviderOptions provider, List<ProviderFailure> failures)
    {
        using SessionOptions options = Options(bytes, settings);
        try
        {
            SessionProvider.Append(options, provider);
            return new InferenceSession(bytes, options);
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotSupportedException or EntryPointNotFoundException or DllNotFoundException)
        {
            failures.Add(new ProviderFailure(provider, FirstLine(error)));
            return null;
        }
    }

    private static SessionOptions Options(byte[] bytes, SessionSettings settings)
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
        SessionMemory.Bound(options, bytes.LongLength, settings.Limits);
        return options;
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd();
}
