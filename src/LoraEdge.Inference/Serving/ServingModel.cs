using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// One frozen model, ready to serve: its base session, shared by everybody without an adapter, and what is needed to build
/// sessions with one. Safe to use from several threads.
/// </summary>
public sealed class ServingModel : ISlotOwner, IDisposable
{
    private readonly WeightMerger _merger;
    private readonly ModelTemplate _template;
    private readonly object _gate = new();
    private SessionSettings _settings;
    private MergedSession _base;
    private bool _disposed;

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
        Weights = new SharedWeights(model);
        _template = new ModelTemplate(model, _merger, Weights);
        _base = OpenBase(settings);
        Provider = _base.Provider;

        // What did not work for the base is not tried again with every adapter.
        _settings = settings with { Providers = [.. settings.Providers.SkipWhile(provider => !ReferenceEquals(provider, Provider.InUse))] };
    }

    /// <summary>The execution provider that runs the sessions, and why those that were preferred do not. Changes when a device is lost.</summary>
    public ProviderChoice Provider { get; private set; }

    /// <summary>What runs the sessions: ONNX Runtime's version and the execution provider.</summary>
    public string Runtime => NativeSession.Runtime(Provider.InUse.Provider);

    /// <summary>The frozen model.</summary>
    public OnnxModel Model { get; }

    /// <summary>How its sessions are run.</summary>
    internal SessionSettings Settings => Volatile.Read(ref _settings);

    /// <summary>Merges adapters into weights.</summary>
    internal WeightMerger Merger => _merger;

    /// <summary>The frozen weights that its sessions share.</summary>
    internal SharedWeights Weights { get; }

    /// <summary>The session without an adapter; owned by this object.</summary>
    public MergedSession Base => Volatile.Read(ref _base);

    /// <summary>
    /// Builds a session with an adapter merged in, on the calling thread, which is therefore not the host's. It serves nobody
    /// until it is handed to <see cref="AdapterSlot.Swap"/>; until then it is the caller's to dispose.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    public MergedSession Build(Adapter adapter) => Build(adapter, null);

    /// <summary>The same, and tells when the session is released.</summary>
    internal MergedSession Build(Adapter adapter, Action? released)
    {
        if (_template.TryOpen(adapter, Settings) is { } runner)
            return new MergedSession(runner) { Adapter = adapter, Released = released };
        MergedModel merged = _merger.Apply(adapter);
        ServingMetrics.AddLost(merged.Lost);
        return new MergedSession(merged.Model, Settings, Weights) { Adapter = adapter, Losses = merged.Losses, Released = released };
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
            ? RunBase(inputs)
            : ServedValues.Compute(adapter is null ? Model : _merger.Apply(adapter).Model, inputs, values, Settings);

    /// <summary>A place for one player's adapter, serving the base model at first, and adapters merged. <see cref="AdapterServer"/> serves in other ways too.</summary>
    public AdapterSlot Open() => new(this);

    ServingModel ISlotOwner.Model => this;

    ServingSession ISlotOwner.Build(Adapter adapter) => Build(adapter);

    void ISlotOwner.IsUsed(AdapterSlot slot)
    {
    }

    void ISlotOwner.Closed(AdapterSlot slot)
    {
    }

    /// <summary>Whether a device was lost that served.</summary>
    internal bool HasLostDevice { get; private set; }

    /// <summary>Goes on without a device that was lost: the base is opened on the CPU, and so are sessions from now on. Does nothing when that was done.</summary>
    /// <exception cref="NativeRuntimeException">The CPU does not work either.</exception>
    /// <param name="device">What the session ran on that failed.</param>
    /// <param name="lost">How.</param>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal void LeaveDevice(ProviderOptions device, DeviceLostException lost)
    {
        lock (_gate)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(ServingModel));
            if (Provider.InUse != device && !_settings.Providers.Contains(device))
                return;
            SessionSettings settings = _settings with { Providers = [] };
            var onCpu = new MergedSession(Model, settings, Weights) { IsBase = true };
            Provider = new ProviderChoice(onCpu.Provider.InUse, [.. Provider.Failures, new ProviderFailure(device, lost.Message)]);
            (_settings, HasLostDevice) = (settings, true);

            // In this order: a slot whose base is disposed finds another one here.
            MergedSession before = _base;
            Volatile.Write(ref _base, onCpu);
            before.Dispose();
        }
    }

    /// <summary>Runs the base session, whichever that is meanwhile.</summary>
    internal IReadOnlyDictionary<string, HostTensor> RunBase(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        MergedSession? last = null;
        while (true)
        {
            MergedSession current = Base;
            if (ReferenceEquals(current, last))
                throw new ObjectDisposedException(nameof(ServingModel));
            if (current.TryEnter(out ServingUse entered))
            {
                using ServingUse use = entered;
                return use.Run(inputs);
            }

            last = current;
        }
    }

    /// <summary>Releases the base session, as soon as the runs in progress have ended. Slots must be disposed as well.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _base.Dispose();
        }

        Weights.Close();
    }

    private MergedSession OpenBase(SessionSettings settings)
    {
        try
        {
            return new MergedSession(Model, settings, Weights) { IsBase = true };
        }
        catch
        {
            Weights.Close();
            throw;
        }
    }
}
