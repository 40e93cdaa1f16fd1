namespace LoraEdge.Adaptation;

/// <summary>The files in which a profile's adaptation is kept: its state, and the checkpoint of a session in progress.</summary>
/// <remarks>
/// The state is no treasure: what it tells can be found again from new records. One that is damaged is moved to
/// <c>aside/</c>, and evidence starts again.
/// </remarks>
internal sealed class StateKeeper(LoraEdgePlugin plugin, ProfileStore store, InteractionLog log, WriteGate gate)
{
    private const string StateName = "learner.state";
    private const string CheckpointName = "session.state";

    private readonly LossKind _loss = plugin.Options.Objective.Loss;
    private readonly GateOptions _gateOptions = (plugin.Options.Adaptation ?? new AdaptationOptions()).Gate;

    /// <summary>A damaged state that was found, by the path it has now; null when there was none.</summary>
    public DeviceFile? Damaged { get; private set; }

    /// <summary>Path of the state.</summary>
    public string Path => store.Local.Path(StateName);

    /// <summary>
    /// The state of who knows nothing. Not even which records the stored generations count: those that there are may be among
    /// them, and must not count twice.
    /// </summary>
    public LearnerState New() => new(plugin.Fingerprint, _loss, _gateOptions) { Counted = store.History.Count > 0 ? log.LastSequence : 0 };

    /// <summary>Reads the state; a new one when there is none or it is damaged.</summary>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public LearnerState Read()
    {
        try
        {
            return store.Local.Read(StateName) is { } file
                ? LearnerState.Read(file, Path, plugin.Fingerprint, _loss, _gateOptions)
                : New();
        }
        catch (Exception error) when (error is AdapterFormatException or EncryptedFileException)
        {
            string path = plugin.IsReadOnly ? Path : store.Local.SetAside(StateName);
            Damaged = new DeviceFile { Path = path, State = DeviceFileState.Damaged, Reason = error.Message };

            // Which tombstones were done as they ask is lost as well. All of them, or records made since would go.
            LearnerState state = New();
            state.Forgotten = store.Forgotten;
            return state;
        }
    }

    /// <summary>Writes the state. In memory alone where another process writes to the folder.</summary>
    public void Write(LearnerState state)
    {
        if (plugin.IsReadOnly)
            return;
        gate.Write(() =>
        {
            // First the records, or a loss of power would take some away, and others would get their numbers and count as known.
            log.Flush();
            store.Local.Write(StateName, state.Write());
        });
    }

    /// <summary>The checkpoint of a round's session; null when there is none that can be used.</summary>
    public byte[]? ReadSession(long round)
    {
        try
        {
            byte[]? file = store.Local.Read(CheckpointName);
            return file is { Length: > sizeof(long) } && BitConverter.ToInt64(file, 0) == round ? file.AsSpan(sizeof(long)).ToArray() : null;
        }
        catch (LoraEdgeException)
        {
            return null;
        }
    }

    /// <summary>Keeps a checkpoint of a round's session.</summary>
    public void WriteSession(long round, byte[] checkpoint) =>
        gate.Write(() => store.Local.Write(CheckpointName, [.. BitConverter.GetBytes(round), .. checkpoint]));

    /// <summary>The session has ended.</summary>
    public void DeleteSession() => gate.Write(() => store.Local.Delete(CheckpointName));

    /// <summary>Everything goes but which tombstones were done as they ask.</summary>
    public void Erase(LearnerState state)
    {
        if (plugin.IsReadOnly)
            return;
        DeleteSession();
        gate.Write(() => store.Local.Delete(StateName));
        Write(state);
    }
}
