using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// An ONNX Runtime session over a model whose weights were replaced before ONNX Runtime saw it, so that no optimization can
/// have kept a base value (docs/decisions/0004-merged-session.md). Runs on any thread, several at a time.
/// </summary>
public sealed class MergedSession : IDisposable
{
    private readonly string _model;
    private readonly InferenceSession _session;

    // Where the execution provider takes one run at a time.
    private readonly object? _turn;

    private readonly RunOptions _options;
    private readonly ModelInputs _inputs;
    private readonly IntegerDivisions _divisions;
    private readonly string[] _outputs;
    private readonly UseCount _uses;

    /// <summary>Builds the session on the calling thread: milliseconds for small models, half a second for 60M weights.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="weights">New values by initializer name, from <see cref="WeightMerger"/> or from full fine-tuning; null for the model as it is.</param>
    /// <param name="settings">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">A weight does not exist in the model, or has another number of values.</exception>
    /// <exception cref="InvalidOptionsException">A setting is out of range.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of its outputs.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public MergedSession(OnnxModel model, IReadOnlyDictionary<string, float[]>? weights = null, SessionSettings? settings = null)
    {
        settings ??= new SessionSettings();
        byte[] bytes = (weights is null ? model : model.WithInitializers(weights)).WithKernelGuards().ToBytes();
        _model = model.Name;
        _inputs = new ModelInputs(model);
        _divisions = new IntegerDivisions(model);
        FrameLengths.Check(model);
        _session = NativeSession.Open(bytes, model.Name, settings, out ProviderChoice provider);
        Provider = provider;
        _turn = provider.InUse.Provider.RunsOneAtATime() ? new object() : null;
        LongestRun = RunLimit.Concerns(model.Graph) ? TimeSpan.FromSeconds(settings.Limits.LoopSeconds) : null;
        _options = new RunOptions();
        _uses = new UseCount(Release);
        _outputs = [.. _session.OutputNames.Where(name => OutputTensors.CanHold(_session.OutputMetadata[name]))];
        if (_outputs.Length > 0)
            return;
        Dispose();
        throw new ModelFormatException($"None of the outputs of {_model} can be served ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}): a host takes tensors of {string.Join(", ", Enum.GetNames(typeof(TensorElementType)))}. Cast an output to one of them when exporting.");
    }

    /// <summary>The adapter that is merged in; null for the base model and for weights of another origin.</summary>
    public Adapter? Adapter { get; internal init; }

    /// <summary>What rounding did to the adapter's layers that are stored in 16 bits; empty where there are none.</summary>
    public IReadOnlyList<RoundingLoss> Losses { get; internal init; } = [];

    /// <summary>The execution provider that runs it, and why those that were preferred do not.</summary>
    public ProviderChoice Provider { get; }

    /// <summary>
    /// What <see cref="Run(IReadOnlyDictionary{string, HostTensor})"/> computes: the model's outputs whose type a
    /// <see cref="HostTensor"/> can hold, in the model's order.
    /// </summary>
    public IReadOnlyList<string> OutputNames => _outputs;

    /// <summary>How long a run of a model with loops may take; null for other models.</summary>
    internal TimeSpan? LongestRun { get; }

    /// <summary>Computes every output.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs) =>
        TryRun(inputs, CancellationToken.None, out IReadOnlyDictionary<string, HostTensor>? outputs) ? outputs : throw new ObjectDisposedException(nameof(MergedSession));

    /// <summary>Computes one float32 output into memory of the caller.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination) =>
        TryRun(inputs, output, destination, out int written) ? written : throw new ObjectDisposedException(nameof(MergedSession));

    /// <summary>Releases the native session, as soon as the runs in progress on other threads have ended.</summary>
    public void Dispose() => _uses.Close();

    /// <summary>As <see cref="Run(IReadOnlyDictionary{string, HostTensor})"/>; false when the session was disposed.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    internal bool TryRun(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IReadOnlyDictionary<string, HostTensor>? outputs)
    {
        outputs = null;
        if (!_uses.TryEnter())
            return false;
        try
        {
            using BoundTensors bound = Bind(inputs);
            using IDisposableReadOnlyCollection<OrtValue> values = Compute(bound.Names, bound.Values, _outputs, cancelled);
            outputs = OutputTensors.Copy(_model, _outputs, values);
            return true;
        }
        finally
        {
            _uses.Leave();
        }
    }

    /// <summary>As the other <c>Run</c>; false when the session was disposed.</summary>
    internal bool TryRun(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination, out int written)
    {
        written = 0;
        if (!_uses.TryEnter())
            return false;
        try
        {
            if (Array.IndexOf(_outputs, output) < 0)
                throw new InvalidInputException($"{_model} has no output '{output}'. Its outputs are {string.Join(", ", _outputs)}.");
            using BoundTensors bound = Bind(inputs);
            using IDisposableReadOnlyCollection<OrtValue> values = Compute(bound.Names, bound.Values, [output], CancellationToken.None);
            written = OutputTensors.CopyFloats(_model, output, values[0], destination);
            return true;
        }
        finally
        {
            _uses.Leave();
        }
    }

    /// <summary>Runs a prepared call, by one thread at a time; false when the session was disposed. Makes no garbage after the first run on this session.</summary>
    /// <exception cref="InvalidInputException">The values of the inputs do not fit the model, or an output gets another shape.</exception>
    internal bool TryRun(CallBinding call)
    {
        if (!_uses.TryEnter())
            return false;
        try
        {
            _divisions.Require(call.Inputs);
            using var turn = new Turn(_turn);
            call.Run(_session, Provider.InUse.Provider.HasDevices());
            return true;
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidInputException($"ONNX Runtime cannot run {_model} on these inputs: {error.Message} A prepared call keeps the shapes of its outputs: where values decide on them, run without one.", error);
        }
        finally
        {
            _uses.Leave();
        }
    }

    /// <summary>Begins a use that lasts over several runs, each a <see cref="RunHeld"/>; see <see cref="HeldSession"/>.</summary>
    /// <returns>False when the session was disposed; otherwise one <see cref="EndHold"/> follows.</returns>
    internal bool TryHold() => _uses.TryEnter();

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    internal void EndHold() => _uses.Leave();

    /// <summary>Runs within a hold, also after the session was disposed. Only ONNX Runtime checks the inputs.</summary>
    /// <param name="names">Names of the inputs.</param>
    /// <param name="values">The inputs, borrowed.</param>
    /// <param name="outputs">Names of the outputs to compute.</param>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot run the model on the inputs.</exception>
    internal IDisposableReadOnlyCollection<OrtValue> RunHeld(string[] names, IReadOnlyCollection<OrtValue> values, string[] outputs) => Compute(names, values, outputs, CancellationToken.None);

    private BoundTensors Bind(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        _inputs.Require(inputs);
        _divisions.Require(inputs);
        return new BoundTensors(inputs);
    }

    private IDisposableReadOnlyCollection<OrtValue> Compute(string[] names, IReadOnlyCollection<OrtValue> values, string[] outputs, CancellationToken cancelled)
    {
        using var turn = new Turn(_turn);
        using RunLimit? limit = LongestRun is not null || cancelled.CanBeCanceled ? new RunLimit(LongestRun) : null;
        limit?.Begin();
        using CancellationTokenRegistration registration = cancelled.Register(() => limit!.Terminate());
        try
        {
            return _session.Run(limit?.Options ?? _options, names, values, outputs);
        }
        catch (OnnxRuntimeException) when (cancelled.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancelled);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidInputException($"ONNX Runtime cannot run {_model} on these inputs: {error.Message}", error);
        }
    }

    private void Release()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
