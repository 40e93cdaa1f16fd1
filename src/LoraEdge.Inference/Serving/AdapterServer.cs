using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Serves the adapters of many players in the way that the host asks for, or that costs least, within a limit of memory.
/// Safe to use from several threads.
/// </summary>
/// <remarks>
/// Merged, the default, gives each player a session with weights of its own, as long as there is room. Who finds none is served
/// from the tables of one attached session that all share, and moves to a session of its own in the background when it is
/// used and somebody else is not.
/// </remarks>
public sealed class AdapterServer : ISlotOwner, IDisposable
{
    private static readonly ServingChoice s_lost = new(ServingMode.Merged, "The device that served was lost, and the CPU serves instead.", []);

    private readonly ServingOptions _options;
    private readonly AdapterForm _form;
    private readonly MergedMemory _memory;
    private readonly Lazy<ServingChoice> _choice;
    private readonly Lazy<string?> _attachedObjection;
    private readonly SharedSession<AttachedSession> _attached;
    private readonly SharedSession<InPlaceWeights> _inPlace;
    private readonly HashSet<AdapterSlot> _slots = [];
    private readonly SlotMoves _moves;
    private readonly PublishCheck _check;

    /// <summary>Decides nothing yet: sessions are opened, and costs measured, when the first adapter is to be served.</summary>
    /// <param name="model">The model; borrowed, and disposed after this.</param>
    /// <param name="form">What the adapters have in common. An adapter of another form is served merged.</param>
    /// <param name="options">How to serve; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public AdapterServer(ServingModel model, AdapterForm form, ServingOptions? options = null)
        : this(model, form, options ?? new ServingOptions(), null)
    {
    }

    /// <summary>The same, with a limit in bytes.</summary>
    internal AdapterServer(ServingModel model, AdapterForm form, ServingOptions options, long? mergedBytes)
    {
        options.Validate();
        (Model, _form, _options) = (model, form, options);
        _memory = new MergedMemory(mergedBytes ?? (long)options.MergedMegabytes << 20);
        _attachedObjection = new Lazy<string?>(() => AttachedAdapters.Objection(Model.Model, _form.Layers));
        _attached = new SharedSession<AttachedSession>(Model, () => new AttachedSession(Model, _form.Projection, _form.Rank, _form.Layers));
        _inPlace = new SharedSession<InPlaceWeights>(Model, () => new InPlaceWeights(Model, _form.Layers, Math.Min(2, Environment.ProcessorCount)));
        _choice = new Lazy<ServingChoice>(() => ServingChoice.Of(_options, Costs()));
        _moves = new SlotMoves(this);
        _check = new PublishCheck(model);
    }

    /// <summary>The model.</summary>
    public ServingModel Model { get; }

    /// <summary>How adapters are served, and why. Measured when first asked for or needed, on the calling thread, unless merged is asked for.</summary>
    public ServingChoice Choice => Model.HasLostDevice ? s_lost : _choice.Value;

    /// <summary>Who is served how at this moment.</summary>
    public ServingStatus Status
    {
        get
        {
            ServingMode?[] modes = [.. Slots.Select(slot => slot.Mode)];
            int Count(ServingMode? mode) => modes.Count(served => served == mode);
            return new ServingStatus(Count(null), Count(ServingMode.Merged), Count(ServingMode.InPlace), Count(ServingMode.Attached), _memory.Bytes);
        }
    }

    /// <summary>The slots that are open.</summary>
    internal IReadOnlyList<AdapterSlot> Slots
    {
        get
        {
            lock (_slots)
                return [.. _slots];
        }
    }

    /// <summary>A place for one player's adapter, serving the base model at first.</summary>
    public AdapterSlot Open()
    {
        var slot = new AdapterSlot(this);
        lock (_slots)
            _slots.Add(slot);
        return slot;
    }

    /// <summary>
    /// Makes an adapter ready to serve, on the calling thread, which is therefore not the host's, and runs it once on made-up
    /// inputs. It is the caller's to dispose until it is handed to <see cref="AdapterSlot.Swap"/>.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight or an output that is not finite.
    /// </exception>
    public ServingSession Build(Adapter adapter) => _check.Require(Choice.Mode switch
    {
        ServingMode.InPlace when _form.Fits(adapter) => _inPlace.Value.Build(adapter),
        ServingMode.Attached when _form.Fits(adapter) => _attached.Value.Open(adapter),
        _ when TryMerge(adapter) is { } merged => merged,
        _ when CanAttach(adapter) => _attached.Value.Open(adapter),
        _ => TryMerge(adapter, always: true)!,
    });

    /// <summary>Computes every output, each row of the batch with the adapter that a slot of its own serves.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="rows">The slot of each row.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="AdapterMismatchException">An adapter is of another form than the others.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, there are more or fewer rows than slots, a slot is of another server, or the model mixes the rows of a batch.</exception>
    /// <exception cref="InvalidOptionsException">A layer can only be served merged.</exception>
    /// <exception cref="ObjectDisposedException">A slot, or its model, was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> RunBatch(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<AdapterSlot> rows)
    {
        Require(rows);
        while (true)
        {
            ProviderOptions device = Model.Provider.InUse;
            try
            {
                AttachedSession attached = _attached.Value;
                using var players = new BatchPlayers(attached, rows);
                return attached.RunBatch(inputs, players.Numbers);
            }
            catch (DeviceLostException lost)
            {
                Model.LeaveDevice(device, lost);
            }
        }
    }

    /// <summary>Releases what is shared, as soon as the runs in progress have ended. Slots must be disposed as well.</summary>
    public void Dispose()
    {
        _moves.Dispose();
        _attached.Dispose();
        _inPlace.Dispose();
    }

    /// <summary>Whether an adapter can be served from the tables.</summary>
    internal bool CanAttach(Adapter adapter) => _form.Fits(adapter) && _attachedObjection.Value is null;

    /// <summary>Serves an adapter from the tables.</summary>
    internal ServingSession Attach(Adapter adapter) => _attached.Value.Open(adapter);

    /// <summary>Gives an adapter a session of its own.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="always">Beyond the limit too.</param>
    /// <returns>Null when there is no room.</returns>
    internal MergedSession? TryMerge(Adapter adapter, bool always = false)
    {
        long bytes = BytesOf(adapter);
        int given = 0;
        if (!_memory.TryTake(bytes, always))
            return null;
        try
        {
            return Model.Build(adapter, Give);
        }
        catch
        {
            Give();
            throw;
        }

        // Once, also where building fails after a session was there and released.
        void Give()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
                _memory.Give(bytes);
        }
    }

    /// <summary>Whether there would be room for an adapter's session if nobody else had one.</summary>
    internal bool CouldMerge(Adapter adapter) => _memory.CouldTake(BytesOf(adapter));

    void ISlotOwner.IsUsed(AdapterSlot slot)
    {
        if (slot.Mode == ServingMode.Attached && Choice.Mode == ServingMode.Merged)
            _moves.Consider(slot);
    }

    void ISlotOwner.Closed(AdapterSlot slot)
    {
        lock (_slots)
            _slots.Remove(slot);
    }

    /// <summary>Memory that an adapter's weights take once more when they are merged.</summary>
    private long BytesOf(Adapter adapter) => adapter.Targets.Sum(target => Model.Merger.BytesOf(target.InitializerIndex));

    private IReadOnlyList<ServingCost> Costs()
    {
        ServingMode[] tried = _options.Mode switch
        {
            ServingMode.Merged => [],
            ServingMode.Auto => [ServingMode.InPlace, ServingMode.Attached],
            _ => [_options.Mode],
        };
        if (tried.Length == 0)
            return [];
        try
        {
            var trial = new ServingTrial(Model, _form);
            return [trial.Merged, .. tried.Select(mode => mode == ServingMode.InPlace
                ? trial.Of(mode, InPlaceWeights.Objection(Model, _form.Layers), adapter => _inPlace.Value.Build(adapter))
                : trial.Of(mode, _attachedObjection.Value, adapter => _attached.Value.Open(adapter)))];
        }
        catch (LoraEdgeException error)
        {
            string objection = $"nothing could be tried on made-up adapters and inputs ({error.Message})";
            return [new ServingCost(ServingMode.Merged, default, default), .. tried.Select(mode => new ServingCost(mode, default, default, objection))];
        }
    }

    private void Require(IReadOnlyList<AdapterSlot> rows)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (!ReferenceEquals(rows[row]?.Owner, this))
                throw new InvalidInputException($"Row {row} of the batch has no player of those who are served together here: give each row a slot of this server, or a profile of this plugin.");
        }
    }
}
