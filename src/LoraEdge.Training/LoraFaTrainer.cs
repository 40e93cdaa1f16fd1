using LoraEdge.Onnx;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>
/// Trains adapters in this process with TorchSharp: LoRA-FA (arXiv:2308.03303) by default, LoRA when the options say so.
/// </summary>
/// <remarks>
/// The graph that is trained through is the ONNX file that is served. A session belongs to the thread that starts it, since
/// libtorch keeps the number of threads per calling thread.
/// </remarks>
public sealed class LoraFaTrainer : IAdapterTrainer
{
    /// <summary>Checks that libtorch is there.</summary>
    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public LoraFaTrainer() => NativeLibtorch.EnsureLoaded();

    /// <inheritdoc />
    public ITrainingSession Start(TrainingRequest request) => new AdapterTrainingSession(request);

    /// <inheritdoc />
    public IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request)
    {
        using var model = new ExecutedModel(OnnxModel.Load(request.ModelPath), request.Adapter, request.Calibrated, request.Threads, request.Limits);
        return model.RunOnce(request.Inputs, request.Values);
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
