using MessagePack;

namespace LoraEdge;

/// <summary>Bytes to adapter. Checks types, ranges and lengths; <see cref="AdapterRules"/> checks the rest.</summary>
internal static class AdapterDecoder
{
    public static Adapter Decode(ReadOnlyMemory<byte> file, string source, out AdapterPrecision precision)
    {
        FileSeal.Check(file.Span, AdapterEncoder.Name, AdapterFile.FormatVersion, "an adapter", source);
        var reader = new FieldReader(file, source);
        try
        {
            return ReadFields(ref reader, file, source, out precision);
        }
        catch (Exception e) when (IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    /// <summary>
    /// What <see cref="MessagePackReader"/> throws on bytes that are not what they should be; ArgumentOutOfRangeException on a
    /// byte string of 2 GiB or more, whose length it takes for a negative number.
    /// </summary>
    public static bool IsReadError(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or InvalidOperationException or ArgumentOutOfRangeException;

    private static Adapter ReadFields(ref FieldReader reader, ReadOnlyMemory<byte> file, string source, out AdapterPrecision precision)
    {
        reader.Array("the file", AdapterEncoder.Elements, AdapterEncoder.Elements);
        reader.Skip("the name");
        reader.Unsigned("the format version", 1, 127);
        ExtensionSection extensions = ExtensionFields.Read(ref reader, file, source);
        if (extensions.Tombstone is not null)
            throw new AdapterFormatException($"{source} is a tombstone: it holds no adapter and says that the player was forgotten. Leave it where it is, so that old copies stay forgotten; train a new adapter.");
        var model = new ModelFingerprint(reader.Binary("the model fingerprint", ModelFingerprint.Length, ModelFingerprint.Length));
        Projection projection = ReadProjection(ref reader);
        int rank = reader.Int("the rank", 1, AdapterLimits.MaxRank);
        float scale = reader.Float("the scale");
        precision = (AdapterPrecision)reader.Int("the precision", 1, 2);
        List<(int Index, float[] B)> factors = ReadTargets(ref reader, rank, precision);
        TrainingSummary training = ReadTraining(ref reader);
        reader.Unsigned("the checksum", 0, uint.MaxValue);
        if (!reader.AtEnd)
            throw reader.Refusal(reader.Offset, "is followed by more bytes", "the end of the file");
        List<float[]>? a = ExplicitFactors.Read(extensions.ExplicitA, extensions.ExplicitOffset, factors.Count, rank * FloatPayload.SizeOf(precision), precision, source);
        return new Adapter
        {
            Model = model,
            Projection = projection,
            Rank = rank,
            Scale = scale,
            Targets = factors.Select((factor, i) => new AdapterTarget
            {
                InitializerIndex = factor.Index, OutFeatures = factor.B.Length / rank, B = factor.B, A = a?[i],
            }).ToArray(),
            Training = training,
            Extensions = extensions.Preserved,
        };
    }

    private static Projection ReadProjection(ref FieldReader reader)
    {
        reader.Array("the projection", 3, 3);
        return new Projection
        {
            Kind = (ProjectionKind)reader.Int("the projection kind", 0, 127),
            Seed = reader.Unsigned("the projection seed", 0, ulong.MaxValue),
            Crc32 = (uint)reader.Unsigned("the projection CRC", 0, uint.MaxValue),
        };
    }

    private static List<(int Index, float[] B)> ReadTargets(ref FieldReader reader, int rank, AdapterPrecision precision)
    {
        int count = reader.Map("the targets", 1, AdapterLimits.MaxTargets);
        int rowBytes = rank * FloatPayload.SizeOf(precision);
        int previous = -1;
        var factors = new List<(int, float[])>();
        for (int i = 0; i < count; i++)
        {
            int index = reader.Int("an initializer index", previous + 1, AdapterLimits.MaxInitializerIndex);
            int start = reader.Offset;
            ReadOnlySpan<byte> bytes = reader.Binary("B of a target", rowBytes, AdapterLimits.MaxFileBytes);
            if (bytes.Length % rowBytes != 0)
                throw reader.Refusal(start, $"has {bytes.Length} bytes", $"a multiple of {rowBytes}, for rank {rank}");
            factors.Add((index, FloatPayload.Read(bytes, precision)));
            previous = index;
        }

        return factors;
    }

    private static TrainingSummary ReadTraining(ref FieldReader reader)
    {
        reader.Array("the training summary", 5, 5);
        return new TrainingSummary
        {
            Records = (long)reader.Unsigned("the number of training records", 0, long.MaxValue),
            Steps = (long)reader.Unsigned("the number of training steps", 0, long.MaxValue),
            HeldOutRecords = (long)reader.Unsigned("the number of held-out records", 0, long.MaxValue),
            BaseLoss = reader.Float("the base loss"),
            AdaptedLoss = reader.Float("the adapted loss"),
        };
    }
}
