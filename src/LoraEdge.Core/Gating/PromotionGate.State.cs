using MessagePack;

namespace LoraEdge;

/// <content>The gate's state as a small file, so that evidence survives a restart.</content>
public sealed partial class PromotionGate
{
    private const string FileName = "LoraEdge.promote";
    private const int Elements = 9, Counts = 8;
    private const string What = "the state of a promotion gate";

    /// <summary>The whole state, a few hundred bytes and about 32 for each record of the evidence.</summary>
    public byte[] Write() => StateFile.Write(FileName, Elements, WriteFields);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="loss">As for the gate that wrote it.</param>
    /// <param name="options">Null for the defaults; need not be those of before.</param>
    /// <param name="source">Name of the file, for messages.</param>
    /// <exception cref="AdapterFormatException">The bytes are damaged, of another kind, of a newer version, or of a gate for other losses.</exception>
    public static PromotionGate Read(ReadOnlyMemory<byte> state, LossKind loss, GateOptions? options = null, string source = What) =>
        StateFile.Read(state, FileName, Elements, What, source, (ref FieldReader reader) =>
        {
            var gate = new PromotionGate(loss, options);
            gate.ReadFields(ref reader);
            return gate;
        });

    private void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(_isLogLoss ? 1 : 0);
        writer.WriteArrayHeader(Counts);
        writer.Write(_records);
        writer.Write(_unusable);
        writer.Write(_candidate);
        writer.Write(_recordsWhileStopped);
        writer.Write(Promotions);
        writer.Write(Rejections);
        writer.Write(RejectionsInRow);
        writer.Write((int)LastRejection);
        _repeated.Write(ref writer);
        _overBase.Write(ref writer);
        writer.WriteArrayHeader(_overUsed is null ? 0 : 1);
        _overUsed?.Write(ref writer);
    }

    private void ReadFields(ref FieldReader reader)
    {
        StateFile.RequireLoss(ref reader, _isLogLoss);
        reader.Array("the counts", Counts, Counts);
        _records = StateFile.Count(ref reader, "the records");
        _unusable = StateFile.Count(ref reader, "the unusable records");
        _candidate = Math.Max(1, StateFile.Count(ref reader, "the number of the candidate"));
        _recordsWhileStopped = StateFile.Count(ref reader, "the records while stopped");
        Promotions = StateFile.Count(ref reader, "the promotions");
        Rejections = StateFile.Count(ref reader, "the rejections");
        RejectionsInRow = reader.Int("the rejections in a row", 0, int.MaxValue);
        LastRejection = (RejectionReason)reader.Int("the last rejection", 0, (int)RejectionReason.Dropped);
        _repeated = RepeatedRecords.Read(ref reader, _options.Patience);
        _overBase = Comparison.Read(ref reader, _isLogLoss);
        bool hasUsed = reader.Array("the comparison with the adapter in use", 0, 1) == 1;
        _overUsed = hasUsed ? Comparison.Read(ref reader, _isLogLoss) : null;
    }
}
