using MessagePack;

namespace LoraEdge;

/// <summary>
/// Extension 2, critical: the A of every target, for adapters that trained theirs (plain LoRA). A byte string that holds a
/// MessagePack array with one byte string per target, in target order, in the precision of B.
/// </summary>
internal static class ExplicitFactors
{
    private const string Field = "explicit A (extension 2)";

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<AdapterTarget> targets, AdapterPrecision precision)
    {
        var content = new GrowingBuffer(targets.Sum(target => target.A!.Length * FloatPayload.SizeOf(precision) + 5) + 5);
        var inner = new MessagePackWriter(content);
        inner.WriteArrayHeader(targets.Count);
        foreach (AdapterTarget target in targets)
            WriteFloats(ref inner, target.A!, precision);
        inner.Flush();
        writer.Write(AdapterExtension.ExplicitA);
        writer.Write(content.Written);
    }

    /// <summary>Reads A of every target; null A's when the file has no such extension.</summary>
    /// <remarks>
    /// The content begins at byte <c>offset</c> of the file. A column of A over all its rows takes <c>rowBytes</c>: rank times
    /// the size of a value.
    /// </remarks>
    public static List<float[]>? Read(ReadOnlyMemory<byte>? content, int offset, int targets, int rowBytes, AdapterPrecision precision, string source)
    {
        if (content is null)
            return null;
        var reader = new FieldReader(content.Value, source, offset);
        try
        {
            reader.Array(Field, targets, targets);
            var matrices = new List<float[]>();
            for (int i = 0; i < targets; i++)
            {
                int start = reader.Offset;
                ReadOnlySpan<byte> bytes = reader.Binary(Field, rowBytes, AdapterLimits.MaxFileBytes);
                if (bytes.Length % rowBytes != 0)
                    throw reader.Refusal(start, $"has {bytes.Length} bytes", $"a multiple of {rowBytes}");
                matrices.Add(FloatPayload.Read(bytes, precision));
            }

            if (!reader.AtEnd)
                throw reader.Refusal(reader.Offset, "goes on", $"its end after {targets} entries");
            return matrices;
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    /// <summary>Writes floats as one byte string, without an array in between.</summary>
    public static void WriteFloats(ref MessagePackWriter writer, float[] values, AdapterPrecision precision)
    {
        int bytes = checked(values.Length * FloatPayload.SizeOf(precision));
        writer.WriteBinHeader(bytes);
        FloatPayload.Write(values, precision, writer.GetSpan(bytes));
        writer.Advance(bytes);
    }
}
