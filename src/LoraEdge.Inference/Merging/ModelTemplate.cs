using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// The shortest way from an adapter to a session: the model's bytes are made once, as ONNX Runtime on the CPU is given them,
/// and adapters are merged straight into the weights in there. The bytes are the same as those of <see cref="WeightMerger.Apply"/>.
/// Safe to use from several threads.
/// </summary>
/// <param name="model">The frozen model.</param>
/// <param name="merger">Merges adapters into it.</param>
/// <param name="shared">The weights that its sessions share.</param>
internal sealed class ModelTemplate(OnnxModel model, WeightMerger merger, SharedWeights shared)
{
    private static readonly ProviderChoice s_onCpu = new(new ProviderOptions(ExecutionProvider.Cpu), []);

    private readonly Lazy<PreparedModel> _prepared = new(() => new PreparedModel(model, merger, shared));

    // Memory that was written before is written several times as fast as new memory; when it is short the collector may have it.
    private WeakReference<TemplateBytes>? _spare;

    // Elsewhere the processor may want floats to lie at multiples of their size.
    private static bool ReadsUnaligned => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens a session with an adapter merged in.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="settings">How to run it.</param>
    /// <returns>Null where another way must be taken: on devices, and for layers whose weight is no initializer of float32.</returns>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public SessionRunner? TryOpen(Adapter adapter, SessionSettings settings) => settings.Providers.Count > 0 ? null : TryMerge(adapter, (bytes, changed) =>
    {
        Initializer[] weights = [.. _prepared.Value.Shared.Where(weight => !changed.Contains(weight.Name))];
        return new SessionRunner(model, settings, hint: "", () => (NativeSession.OpenOnCpu(bytes, model.Name, settings, shared, weights), s_onCpu));
    });

    /// <summary>Merges an adapter.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="use">Uses the bytes, which are gone afterwards, and the names of the weights that are not the frozen ones.</param>
    /// <returns>What it returns; null where another way must be taken.</returns>
    internal T? TryMerge<T>(Adapter adapter, Func<byte[], string[], T> use)
        where T : class
    {
        if (!ReadsUnaligned || merger.WeightsOf(adapter) is not { } changed || !changed.All(_prepared.Value.Adaptable.ContainsKey))
            return null;
        TemplateBytes bytes = Take();
        try
        {
            bytes.Merge(merger, adapter, changed);
            return use(bytes.Content, changed);
        }
        finally
        {
            Volatile.Write(ref _spare, new WeakReference<TemplateBytes>(bytes));
        }
    }

    // One builder at a time has the spare bytes; another one makes its own.
    private TemplateBytes Take() =>
        Interlocked.Exchange(ref _spare, null) is { } spare && spare.TryGetTarget(out TemplateBytes? bytes) ? bytes : new TemplateBytes(_prepared.Value);
}
