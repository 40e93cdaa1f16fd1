using System.Runtime.InteropServices;

namespace LoraEdge.Inference;

/// <summary>An execution provider to try, with what it is told.</summary>
/// <param name="Provider">The provider.</param>
public sealed record ProviderOptions(ExecutionProvider Provider)
{
    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>Number of the device among the machine's, where the provider has several: DirectML and CUDA. Default: 0, the machine's first.</summary>
    public int DeviceId { get; init; }

    /// <summary>
    /// Further options by the names that ONNX Runtime documents, before the defaults here: those of the provider, and for DirectML
    /// entries of the session's configuration. Default: none. The CPU has none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = s_none;

    /// <summary>
    /// What is tried on this system when the host does not say: DirectML on Windows, CUDA on Linux, CoreML on Apple's systems,
    /// XNNPACK on Android, and the CPU last.
    /// </summary>
    public static IReadOnlyList<ProviderOptions> Default { get; } = For(RuntimeInformation.IsOSPlatform);

    /// <inheritdoc />
    public override string ToString() => DeviceId == 0 ? $"{Provider}" : $"{Provider} device {DeviceId}";

    /// <summary>The default of a system.</summary>
    internal static IReadOnlyList<ProviderOptions> For(Func<OSPlatform, bool> isOn)
    {
        ExecutionProvider? first =
            isOn(OSPlatform.Windows) ? ExecutionProvider.DirectML
            : isOn(OSPlatform.OSX) || isOn(OSPlatform.Create("IOS")) ? ExecutionProvider.CoreML
            : isOn(OSPlatform.Create("ANDROID")) ? ExecutionProvider.Xnnpack
            : isOn(OSPlatform.Linux) ? ExecutionProvider.Cuda
            : null;
        var cpu = new ProviderOptions(ExecutionProvider.Cpu);
        return first is { } provider ? [new ProviderOptions(provider), cpu] : [cpu];
    }

    /// <exception cref="InvalidOptionsException">The provider does not exist, or has nothing of the kind that it is told.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(typeof(ExecutionProvider), Provider))
            throw new InvalidOptionsException($"There is no execution provider {(int)Provider}; take one of {string.Join(", ", Enum.GetNames(typeof(ExecutionProvider)))}.");
        if (DeviceId < 0 || (DeviceId > 0 && !Provider.HasDevices()))
            throw new InvalidOptionsException($"The execution provider {Provider} cannot run on device {DeviceId}; {(Provider.HasDevices() ? "devices are numbered from 0" : "it has no devices to choose from, leave it at 0")}.");
        if (Provider == ExecutionProvider.Cpu && Settings.Count > 0)
            throw new InvalidOptionsException($"The execution provider {Provider} has no settings, but was given '{Settings.Keys.First()}'.");
    }
}
