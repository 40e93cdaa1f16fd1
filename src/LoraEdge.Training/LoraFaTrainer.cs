using System.Reflection;
using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Scoring;

namespace LoraEdge.Training;

/// <summary>
/// Trains adapters in this process with TorchSharp: LoRA-FA (arXiv:2308.03303) by default, LoRA when the options say so.
/// </summary>
/// <remarks>The graph that is trained through is the ONNX file that is served.</remarks>
public sealed class LoraFaTrainer : IAdapterTrainer
{
    private readonly ModelCache _models = new();

    /// <summary>Checks that libtorch is there.</summary>
    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public LoraFaTrainer() => NativeLibtorch.EnsureLoaded();

    /// <inheritdoc />
    public string? Executor { get; } = $"{Describe(typeof(LoraFaTrainer))}, {Describe(typeof(TorchSharp.torch))}";

    /// <inheritdoc />
    public void RequireSupport(string modelPath, Objective objective, TrainingOptions options) =>
        TrainingSupport.Require(_models.Load(modelPath), objective, options);

    /// <inheritdoc />
    public ITrainingSession Start(TrainingRequest request) => new AdapterTrainingSession(request, ModelOf(request));

    /// <inheritdoc />
    public ITrainingSession Resume(TrainingRequest request, ReadOnlyMemory<byte> checkpoint) => new AdapterTrainingSession(request, ModelOf(request), checkpoint);

    /// <inheritdoc />
    public IScoringSession Score(ScoreRequest request)
    {
        request.Options.Validate();
        request.Limits.Validate();
        request.Objective.Validate();
        return new ScoringSession(request, _models.Load(request.ModelPath));
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request)
    {
        using var model = new ExecutedModel(_models.Load(request.ModelPath), request.Adapter, request.Calibrated, request.Threads, request.Limits);
        return model.RunOnce(request.Inputs, request.Values);
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private OnnxModel ModelOf(TrainingRequest request)
    {
        request.Options.Validate();
        request.Limits.Validate();
        request.Objective.Validate();
        return _models.Load(request.ModelPath);
    }

    /// <summary>Name and version of a type's package.</summary>
    private static string Describe(Type type)
    {
        Assembly assembly = type.Assembly;
        string? version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"{assembly.GetName().Name} {version ?? assembly.GetName().Version?.ToString()}";
    }
}
