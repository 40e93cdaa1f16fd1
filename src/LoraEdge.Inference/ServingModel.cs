using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// One frozen model, ready to serve: its base session, shared by everybody without an adapter, and what is needed to build
/// sessions with one. Safe to use from several threads.
/// </summary>
public sealed class ServingModel : IDisposable
{
    private readonly WeightMerger _merger;
    private readonly SessionSettings _settings;

    /// <summary>Opens the base session, on the calling thread.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    /// <param name="settings">How to run it; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">A setting is out of range.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public ServingModel(OnnxModel model, CalibratedProjection? calibrated = null, SessionSettings? settings = null)
    {
        Model = model;
        settings ??= new SessionSettings();
        _merger = new WeightMerger(model, calibrated, settings);
        Base = new MergedSession(model, null, settings);

        // What did not work for the base is not tried again with every adapter.
        _settings = settings with { Providers = [.. settings.Providers.SkipWhile(provider => !ReferenceEquals(provider, Provider.InUse))] };
    }

    /// <summary>The execution provider that runs the base session, and why those that were preferred do not.</summary>
    public ProviderChoice Provider => Base.Provider;

    /// <summary>What runs the sessions: ONNX Runtime's version and the execution provider.</summary>
    public string Runtime => NativeSession.Runtime(Provider.InUse.Provider);

    /// <summary>The frozen model.</summary>
    public OnnxModel Model { get; }

    /// <summary>How its sessions are run.</summary>
    internal SessionSettings Settings => _settings;

    /// <summary>The session without an adapter; owned by this object.</summary>
    public MergedSession Base { get; }

    /// <summary>
    /// Builds a session with an adapter merged in, on the calling thread, which is therefore not the host's. It serves nobody
    /// until it is handed to <see cref="AdapterSlot.Swap"/>; until then it is the caller's to dispose.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    public MergedSession Build(Adapter adapter)
    {
        MergedModel merged = _merger.Apply(adapter);
        return new MergedSession(merged.Model, null, _settings) { Adapter = adapter, Losses = merged.Losses };
    }

    /// <summary>Computes values of the model, internal ones included, on a session opened for them alone; without an adapter, outputs come from <see cref="Base"/>.</summary>
    /// <param name="inputs">The model's inputs by name.</param>
    /// <param name="values">Names of the values.</param>
    /// <param name="adapter">The adapter; null for the base model.</param>
    /// <returns>At least the values by name, without those of a type that a <see cref="HostTensor"/> cannot hold.</returns>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of the values.</exception>
    public IReadOnlyDictionary<string, HostTensor> Compute(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values, Adapter? adapter = null) =>
        adapter is null && values.All(Base.OutputNames.Contains)
            ? Base.Run(inputs)
            : ServedValues.Compute(adapter is null ? Model : _merger.Apply(adapter).Model, inputs, values, _settings);

    /// <summary>A place for one player's adapter, serving the base model at first.</summary>
    public AdapterSlot Open() => new(this);

    /// <summary>Releases the base session, as soon as the runs in progress have ended. Slots must be disposed as well.</summary>
    public void Dispose() => Base.Dispose();
}
