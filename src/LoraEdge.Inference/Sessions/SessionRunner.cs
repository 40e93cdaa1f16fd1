using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// A native session and everything that surrounds a run of it: the checks of what hosts feed, the limits, the errors. Runs on any
/// thread, several at a time. What it serves with is in the model's bytes or in the <see cref="Feed"/> of each run.
/// </summary>
internal sealed class SessionRunner
{
    private readonly string _model;
    private readonly string _hint;
    private readonly InferenceSession _session;

    // Where the execution provider takes one run at a time.
    private readonly object? _turn;

    private readonly RunOptions _options;
    private readonly SimulatedFault? _fault;
    private readonly ModelInputs _inputs;
    private readonly IntegerDivisions _divisions;
    private readonly string[] _outputs;
    private readonly UseCount _uses;

    /// <summary>Opens the native session, on the calling thread.</summary>
    /// <param name="model">The model whose inputs hosts feed.</param>
    /// <param name="executed">What is executed: that model, or one of the same outputs that takes more inputs.</param>
    /// <param name="settings">How to run it.</param>
    /// <param name="shared">Weights that it may share with other sessions; null to share nothing.</param>
    /// <param name="hint">What may be the cause where ONNX Runtime refuses inputs; empty for nothing in particular.</param>
    /// <exception cref="InvalidOptionsException">A setting is out of range.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of its outputs.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public SessionRunner(OnnxModel model, OnnxModel executed, SessionSettings settings, SharedWeights? shared = null, string hint = "")
        : this(model, settings, hint, () => (NativeSession.Open(executed, settings, out ProviderChoice provider, shared), provider))
    {
    }

    /// <summary>Opens it in another way.</summary>
    /// <param name="model">The model whose inputs hosts feed.</param>
    /// <param name="settings">How to run it.</param>
    /// <param name="hint">What may be the cause where ONNX Runtime refuses inputs; empty for nothing in particular.</param>
    /// <param name="open">Opens the native session, and tells where.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of its outputs.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public SessionRunner(OnnxModel model, SessionSettings settings, string hint, Func<(InferenceSession, ProviderChoice)> open)
    {
        (_model, _hint, _fault) = (model.Name, hint, settings.Fault);
        _inputs = new ModelInputs(model);
        _divisions = new IntegerDivisions(model);
        FrameLengths.Check(model);
        (_session, ProviderChoice provider) = open();
        _options = new RunOptions();
        Provider = provider;
        _turn = provider.InUse.Provider.RunsOneAtATime() ? new object() : null;
        LongestRun = RunLimit.Concerns(model.Graph) ? TimeSpan.FromSeconds(settings.Limits.LoopSeconds) : null;
        _uses = new UseCount(Release);
        _outputs = [.. _session.OutputNames.Where(name => OutputTensors.CanHold(_session.OutputMetadata[name]))];
        if (_outputs.Length > 0)
            return;
        Release();
        throw new ModelFormatException($"None of the outputs of {_model} can be served ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}): a host takes tensors of {string.Join(", ", Enum.GetNames(typeof(TensorElementType)))}. Cast an output to one of them when exporting.");
    }

    /// <summary>The execution provider that runs it, and why those that were preferred do not.</summary>
    public ProviderChoice Provider { get; }

    /// <summary>The outputs that a <see cref="HostTensor"/> can hold, in the model's order.</summary>
    public IReadOnlyList<string> OutputNames => _outputs;

    /// <summary>How long a run of a model with loops may take; null for other models.</summary>
    public TimeSpan? LongestRun { get; }

    /// <summary>Begins a use, which ends with <see cref="Leave"/>; false when the owner has closed.</summary>
    public bool TryEnter() => _uses.TryEnter();

    /// <summary>Ends a use.</summary>
    public void Leave() => _uses.Leave();

    /// <summary>Ends the owner's use: the native session is released when the last use has ended.</summary>
    public void Close() => _uses.Close();

    /// <summary>Computes every output, in memory of their own.</summary>
    /// <exception cref="DeviceLostException">The device went away.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, Feed feed, CancellationToken cancelled)
    {
        using BoundTensors bound = Bind(inputs);
        using IDisposableReadOnlyCollection<OrtValue> values = Run(bound.Names, bound.Values, _outputs, feed, cancelled);
        return OutputTensors.Copy(_model, _outputs, values);
    }

    /// <summary>Computes one float32 output into memory of the caller.</summary>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, Feed feed, string output, Span<float> destination)
    {
        if (Array.IndexOf(_outputs, output) < 0)
            throw new InvalidInputException($"{_model} has no output '{output}'. Its outputs are {string.Join(", ", _outputs)}.");
        using BoundTensors bound = Bind(inputs);
        using IDisposableReadOnlyCollection<OrtValue> values = Run(bound.Names, bound.Values, [output], feed, CancellationToken.None);
        return OutputTensors.CopyFloats(_model, output, values[0], destination);
    }

    /// <summary>Runs a prepared call, by one thread at a time. Makes no garbage after the first run with a feed.</summary>
    /// <exception cref="InvalidInputException">The values of the inputs do not fit the model, or an output gets another shape.</exception>
    public void Run(CallBinding call, Feed feed)
    {
        _divisions.Require(call.Inputs);
        using var turn = new Turn(_turn);
        try
        {
            _fault?.Strike();
            call.Run(_session, feed, Provider.InUse.Provider.HasDevices());
        }
        catch (OnnxRuntimeException error) when (!IsLost(error))
        {
            throw new InvalidInputException($"ONNX Runtime cannot run {_model} on these inputs: {error.Message} {_hint}A prepared call keeps the shapes of its outputs: where values decide on them, run without one.", error);
        }
        catch (OnnxRuntimeException error)
        {
            throw Lost(error);
        }
    }

    /// <summary>Runs on tensors of ONNX Runtime's. Only it checks the inputs.</summary>
    /// <param name="names">Names of the model's inputs.</param>
    /// <param name="values">The inputs, borrowed.</param>
    /// <param name="outputs">Names of the outputs to compute.</param>
    /// <param name="feed">What is fed besides.</param>
    /// <param name="cancelled">Ends the run between two nodes.</param>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot run the model on the inputs.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(string[] names, IReadOnlyCollection<OrtValue> values, string[] outputs, Feed feed, CancellationToken cancelled)
    {
        if (feed.Names.Length > 0)
            (names, values) = ([.. names, .. feed.Names], [.. values, .. feed.Values]);
        using var turn = new Turn(_turn);
        using RunLimit? limit = LongestRun is not null || cancelled.CanBeCanceled ? new RunLimit(LongestRun) : null;
        limit?.Begin();
        using CancellationTokenRegistration registration = cancelled.Register(() => limit!.Terminate());
        try
        {
            _fault?.Strike();
            return _session.Run(limit?.Options ?? _options, names, values, outputs);
        }
        catch (OnnxRuntimeException) when (cancelled.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancelled);
        }
        catch (OnnxRuntimeException error) when (!IsLost(error))
        {
            throw new InvalidInputException($"ONNX Runtime cannot run {_model} on these inputs: {error.Message} {_hint}".TrimEnd(), error);
        }
        catch (OnnxRuntimeException error)
        {
            throw Lost(error);
        }
    }

    private bool IsLost(OnnxRuntimeException error) => Provider.InUse.Provider.HasDevices() && DeviceLoss.IsMeantBy(error.Message);

    private DeviceLostException Lost(OnnxRuntimeException error) =>
        new($"{Provider.InUse} was lost while it ran {_model}: {error.Message} Open another session, on another device or the CPU.", error);

    private BoundTensors Bind(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        _inputs.Require(inputs);
        _divisions.Require(inputs);
        return new BoundTensors(inputs);
    }

    private void Release()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
