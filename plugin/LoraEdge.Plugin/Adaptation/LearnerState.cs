using MessagePack;

namespace LoraEdge.Adaptation;

/// <summary>
/// What a profile's adaptation must know after a restart: how far it has scored and trained, the candidate, and the evidence
/// for and against it. One file, replaced whole, so that no two parts of it ever disagree.
/// </summary>
internal sealed class LearnerState
{
    private const string FileName = "LoraEdge.learner";
    private const string What = "the state of an adaptation";
    private const int Elements = 15;
    private const int MostBytes = 64 * 1024 * 1024;

    private readonly ModelFingerprint _model;
    private readonly LossKind _loss;
    private readonly GateOptions _options;

    /// <summary>Nothing is known yet.</summary>
    public LearnerState(ModelFingerprint model, LossKind loss, GateOptions options)
    {
        (_model, _loss, _options) = (model, loss, options);
        Gate = new PromotionGate(loss, options);
        Monitor = new RollbackMonitor(loss, options);
    }

    /// <summary>Number of the newest record that was scored.</summary>
    public long Scored { get; set; }

    /// <summary>Number of the newest record that was trained on.</summary>
    public long Trained { get; set; }

    /// <summary>
    /// Number of the newest record that stored generations count, of whatever model: how many those are, this device's count in
    /// their vector tells. What is not newer never counts again.
    /// </summary>
    public long Counted { get; set; }

    /// <summary>Rounds of training so far: the seed of the next.</summary>
    public long Round { get; set; }

    /// <summary>Records that the candidate was trained on and no stored generation counts.</summary>
    public long NewRecords { get; set; }

    /// <summary>This device's generation that is in use and that the evidence is about; 0 for none.</summary>
    public long Generation { get; private set; }

    /// <summary>The tombstones that were done as they ask. Also of another model.</summary>
    public VersionVector Forgotten { get; set; } = VersionVector.Empty;

    /// <summary>What came from other devices and was a candidate here, whatever became of it: it is none again.</summary>
    public VersionVector Taken { get; set; } = VersionVector.Empty;

    /// <summary>The adapter that is being judged; its vector is that of what it grew from. Null when there is none.</summary>
    public Adapter? Candidate { get; set; }

    /// <summary>Evidence about the candidate.</summary>
    public PromotionGate Gate { get; private set; }

    /// <summary>Evidence about the adapter in use.</summary>
    public RollbackMonitor Monitor { get; private set; }

    /// <summary>The candidate goes.</summary>
    public void Dismiss() => (Candidate, NewRecords) = (null, 0);

    /// <summary>Another adapter is in use: nothing known about the one before counts.</summary>
    /// <param name="generation">This device's generation that it is; 0 for none.</param>
    /// <param name="promotedOn">The evidence that promoted it; null when no gate did.</param>
    public void Watch(long generation, double? promotedOn = null) =>
        (Generation, Monitor) = (generation, new RollbackMonitor(_loss, _options, promotedOn));

    /// <summary>The file.</summary>
    public byte[] Write() => StateFile.Write(FileName, Elements, (ref MessagePackWriter writer) =>
    {
        writer.Write(_model.Bytes.ToArray());
        OriginFields.WriteVector(ref writer, Forgotten);
        writer.Write(Scored);
        writer.Write(Trained);
        writer.Write(Counted);
        writer.Write(Round);
        writer.Write(NewRecords);
        writer.Write(Generation);
        OriginFields.WriteVector(ref writer, Taken);
        writer.Write(Candidate is null ? [] : AdapterFile.Write(Candidate, AdapterPrecision.Float32));
        writer.Write(Gate.Write());
        writer.Write(Monitor.Write());
    });

    /// <summary>Reads what <see cref="Write"/> wrote. Of that of another model only what holds for every model is kept: all records are learned from anew.</summary>
    /// <exception cref="AdapterFormatException">The file is damaged, of a newer version, or of another kind of losses.</exception>
    public static LearnerState Read(byte[] file, string source, ModelFingerprint model, LossKind loss, GateOptions options) =>
        StateFile.Read(file, FileName, Elements, What, source, (ref FieldReader reader) =>
        {
            bool isOfModel = new ModelFingerprint(reader.Binary("the model's fingerprint", ModelFingerprint.Length, ModelFingerprint.Length).ToArray()) == model;
            VersionVector forgotten = OriginFields.ReadVector(ref reader);
            var state = new LearnerState(model, loss, options)
            {
                Forgotten = forgotten,
                Scored = StateFile.Count(ref reader, "the newest record scored"),
                Trained = StateFile.Count(ref reader, "the newest record trained on"),
                Counted = StateFile.Count(ref reader, "the newest record counted"),
                Round = StateFile.Count(ref reader, "the rounds"),
                NewRecords = StateFile.Count(ref reader, "the records that are new"),
                Generation = StateFile.Count(ref reader, "the generation"),
                Taken = OriginFields.ReadVector(ref reader),
            };
            byte[] candidate = reader.Binary("the candidate", 0, MostBytes).ToArray();
            byte[] gate = reader.Binary("the gate", 1, MostBytes).ToArray(), monitor = reader.Binary("the monitor", 1, MostBytes).ToArray();
            if (!isOfModel)
                return new LearnerState(model, loss, options) { Forgotten = forgotten, Counted = state.Counted };
            state.Candidate = candidate.Length == 0 ? null : AdapterFile.Read(candidate, source);
            state.Gate = PromotionGate.Read(gate, loss, options, source);
            state.Monitor = RollbackMonitor.Read(monitor, loss, options, source);
            return state;
        });
}
