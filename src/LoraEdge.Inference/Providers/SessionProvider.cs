using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>Puts an execution provider into the options of a session.</summary>
internal static class SessionProvider
{
    /// <summary>Appends a provider other than the CPU's, which every session has.</summary>
    /// <exception cref="OnnxRuntimeException">This build of ONNX Runtime does not have it, or it does not take an option.</exception>
    /// <exception cref="NotSupportedException">The same.</exception>
    /// <exception cref="EntryPointNotFoundException">The same.</exception>
    public static void Append(SessionOptions options, ProviderOptions provider)
    {
        Dictionary<string, string> settings = Settings(provider);
        switch (provider.Provider)
        {
            case ExecutionProvider.DirectML:
                AppendDirectML(options, provider.DeviceId, settings);
                break;
            case ExecutionProvider.Cuda:
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(settings);
                    options.AppendExecutionProvider_CUDA(cuda);
                }

                break;
            case ExecutionProvider.CoreML:
                options.AppendExecutionProvider("CoreML", settings);
                break;
            case ExecutionProvider.Xnnpack:
                options.AppendExecutionProvider("XNNPACK", settings);
                break;
        }
    }

    /// <summary>What a provider is told: the host's settings before the defaults.</summary>
    public static Dictionary<string, string> Settings(ProviderOptions provider)
    {
        // What is served is compared with training, which computes in float32.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (provider.Provider == ExecutionProvider.Cuda)
        {
            settings["device_id"] = provider.DeviceId.ToString(CultureInfo.InvariantCulture);
            settings["use_tf32"] = "0";
        }
        else if (provider.Provider == ExecutionProvider.CoreML)
        {
            settings["ModelFormat"] = "MLProgram";
        }

        foreach (KeyValuePair<string, string> setting in provider.Settings)
            settings[setting.Key] = setting.Value;
        return settings;
    }

    // DirectML refuses memory patterns and parallel execution; the latter is off by default.
    private static void AppendDirectML(SessionOptions options, int deviceId, Dictionary<string, string> configuration)
    {
        options.EnableMemoryPattern = false;
        foreach (KeyValuePair<string, string> entry in configuration)
            options.AddSessionConfigEntry(entry.Key, entry.Value);
        options.AppendExecutionProvider_DML(deviceId);
    }
}
