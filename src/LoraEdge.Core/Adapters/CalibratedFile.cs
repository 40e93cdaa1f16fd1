using MessagePack;

namespace LoraEdge;

/// <summary>The file of a calibrated projection, format version 1; docs/adapter-format.md defines it.</summary>
internal static class CalibratedFile
{
    private const string Name = "LoraEdge.project";
    private const int FormatVersion = 1;
    private const int Elements = 6;

    public static byte[] Encode(ModelFingerprint model, int rank, SortedDictionary<int, float[]> rows)
    {
        var buffer = new GrowingBuffer(checked((int)Bytes(rows)));
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, Elements, Name, FormatVersion);
        writer.Write(model.Bytes);
        writer.Write(rank);
        writer.WriteMapHeader(rows.Count);
        foreach (KeyValuePair<int, float[]> weight in rows)
        {
            writer.Write(weight.Key);
            ExplicitFactors.WriteFloats(ref writer, weight.Value, AdapterPrecision.Float32);
        }

        writer.Flush();
        return FileSeal.Close(buffer);
    }

    /// <summary>Refuses what a reader would refuse for its size.</summary>
    public static void CheckSize(int rank, SortedDictionary<int, float[]> rows)
    {
        if (rows.Count is < 1 or > AdapterLimits.MaxTargets)
            throw new InvalidInputException($"A calibrated projection cannot have {rows.Count} weights, expected 1 to {AdapterLimits.MaxTargets}.");
        if (Bytes(rows) > AdapterLimits.MaxFileBytes)
            throw new InvalidInputException($"The calibrated projection takes up to {Bytes(rows)} bytes at rank {rank}; a file has at most {AdapterLimits.MaxFileBytes}. Lower the rank, or calibrate fewer weights.");
    }

    public static CalibratedProjection Decode(ReadOnlyMemory<byte> file, string source)
    {
        FileSeal.Check(file.Span, Name, FormatVersion, "a calibrated projection", source);
        var reader = new FieldReader(file, source);
        try
        {
            return ReadFields(ref reader);
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    private static CalibratedProjection ReadFields(ref FieldReader reader)
    {
        reader.Array("the file", Elements, Elements);
        reader.Skip("the name");
        reader.Unsigned("the format version", 1, 127);
        var model = new ModelFingerprint(reader.Binary("the model fingerprint", ModelFingerprint.Length, ModelFingerprint.Length));
        int rank = reader.Int("the rank", 1, AdapterLimits.MaxRank);
        SortedDictionary<int, float[]> rows = ReadRows(ref reader, rank);
        reader.Unsigned("the checksum", 0, uint.MaxValue);
        if (!reader.AtEnd)
            throw reader.Refusal(reader.Offset, "is followed by more bytes", "the end of the file");
        return new CalibratedProjection(model, rank, rows);
    }

    private static SortedDictionary<int, float[]> ReadRows(ref FieldReader reader, int rank)
    {
        int count = reader.Map("the weights", 1, AdapterLimits.MaxTargets);
        int columnBytes = rank * sizeof(float);
        int previous = -1;
        var rows = new SortedDictionary<int, float[]>();
        for (int i = 0; i < count; i++)
        {
            int index = reader.Int("an initializer index", previous + 1, AdapterLimits.MaxInitializerIndex);
            int start = reader.Offset;
            ReadOnlySpan<byte> bytes = reader.Binary("A of a weight", columnBytes, AdapterLimits.MaxFileBytes);
            if (bytes.Length % columnBytes != 0 || bytes.Length / columnBytes > AdapterLimits.MaxInFeatures)
                throw reader.Refusal(start, $"has {bytes.Length} bytes", $"a multiple of {columnBytes}, for rank {rank}");
            float[] a = FloatPayload.Read(bytes, AdapterPrecision.Float32);
            int row = UnitRows.FirstNotUnit(a, rank);
            if (row >= 0)
                throw reader.Refusal(start, $"has a row {row} whose norm is not 1", "unit rows");
            rows.Add(index, a);
            previous = index;
        }

        return rows;
    }

    private static long Bytes(SortedDictionary<int, float[]> rows) => rows.Values.Sum(a => (a.LongLength * sizeof(float)) + 8) + 128;
}
