using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// A frozen model, with an adapter beside its weights or without, executed as training executes it: what ONNX Runtime is
/// compared with. Used by one thread.
/// </summary>
public sealed class ExecutedModel : IDisposable
{
    private readonly LowRankWeights? _weights;
    private readonly GraphExecutor _executor;

    /// <summary>Prepares a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter; null for the frozen model alone.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    /// <param name="threads">CPU threads of the calling thread's runs, 1 to 1024. Default: 1.</param>
    /// <param name="limits">What a run may take; null for the defaults.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape.</exception>
    /// <exception cref="InvalidOptionsException">A limit or the number of threads is outside its range.</exception>
    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public ExecutedModel(OnnxModel model, Adapter? adapter = null, CalibratedProjection? calibrated = null, int threads = 1, RunLimits? limits = null)
    {
        limits?.Validate();
        NativeLibtorch.EnsureLoaded();
        TorchThreads.Use(threads);
        _weights = adapter is null ? null : LowRankWeights.Of(model, adapter, calibrated);
        _executor = new GraphExecutor(model, _weights, null, limits);
    }

    /// <summary>Computes values as every step of a training but the first does: by the plan for these shapes.</summary>
    /// <param name="inputs">The model's inputs by name.</param>
    /// <param name="values">Names of the wanted values; only their ancestors run.</param>
    /// <returns>The values by name; those of a type that a <see cref="HostTensor"/> cannot hold are left out.</returns>
    /// <exception cref="LoraEdgeException">The inputs do not fit the model, or it cannot be executed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values) =>
        Compute(_executor.Run, inputs, values);

    /// <summary>Computes values while their plan would be made, and makes none: half the price of <see cref="Run"/> for shapes that do not come again.</summary>
    /// <inheritdoc cref="Run"/>
    public IReadOnlyDictionary<string, HostTensor> RunOnce(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values) =>
        Compute(_executor.RunOnce, inputs, values);

    /// <inheritdoc />
    public void Dispose()
    {
        _executor.Dispose();
        _weights?.Dispose();
    }

    private static IReadOnlyDictionary<string, HostTensor> Compute(
        Func<IReadOnlyDictionary<string, Tensor>, string[], Tensor[]> run, IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values)
    {
        using var _ = no_grad();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Tensor[] results = [];
        try
        {
            foreach (KeyValuePair<string, HostTensor> input in inputs)
                tensors.Add(input.Key, HostTensors.ToTorch(input.Value ?? throw new InvalidInputException($"The input '{input.Key}' is null; give a tensor, or leave it out.")));
            results = run(tensors, [.. values]);
            var computed = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
            for (int i = 0; i < results.Length; i++)
            {
                if (HostTensors.ToHost(results[i]) is { } value)
                    computed[values[i]] = value;
            }

            return computed;
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values.Concat(results))
                tensor.Dispose();
        }
    }
}
