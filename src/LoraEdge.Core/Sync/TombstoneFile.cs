using MessagePack;

namespace LoraEdge;

/// <summary>
/// Extension 6, critical: a file that says that a player was forgotten, and up to which records. It has the fields of an
/// adapter file, all fixed but the extensions, so that it tells nothing else.
/// </summary>
internal static class TombstoneFile
{
    /// <summary>Encodes a deletion: by which device, as which of its generations, when, and what was deleted.</summary>
    public static byte[] Write(AdapterOrigin origin) =>
        Encode([OriginFields.Device(origin), OriginFields.Generation(origin)], Content(origin.Written, origin.Vector));

    /// <summary>Decodes a tombstone; null when the file is something else that is not damaged.</summary>
    /// <exception cref="AdapterFormatException">The bytes are not an adapter file, damaged, or of a newer version.</exception>
    public static AdapterOrigin? TryRead(ReadOnlyMemory<byte> file, string source)
    {
        FileSeal.Check(file.Span, AdapterEncoder.Name, AdapterFile.FormatVersion, "an adapter", source);
        var reader = new FieldReader(file, source);
        try
        {
            reader.Array("the file", AdapterEncoder.Elements, AdapterEncoder.Elements);
            reader.Skip("the name");
            reader.Unsigned("the format version", 1, 127);
            ExtensionSection extensions = ExtensionFields.Read(ref reader, file, source);
            return extensions.Tombstone is null ? null : Read(extensions, file, source);
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    private static AdapterOrigin Read(ExtensionSection extensions, ReadOnlyMemory<byte> file, string source)
    {
        AdapterOrigin origin = OriginFields.Read(extensions.Preserved, source);
        var reader = new FieldReader(extensions.Tombstone!.Value, $"{source}, extension {AdapterExtension.Tombstone}");
        try
        {
            reader.Array("the tombstone", 2, 2);
            origin = origin with { Written = OriginFields.ReadTime(ref reader), Vector = OriginFields.ReadVector(ref reader) };
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }

        CanonicalForm.Check(file.Span, Encode(extensions.Preserved, Content(origin.Written, origin.Vector)), source);
        return origin;
    }

    private static byte[] Content(DateTimeOffset time, VersionVector vector)
    {
        var content = new GrowingBuffer((vector.Counts.Count * 27) + 16);
        var writer = new MessagePackWriter(content);
        writer.WriteArrayHeader(2);
        writer.Write(Math.Max(0, time.ToUnixTimeMilliseconds()));
        OriginFields.WriteVector(ref writer, vector);
        writer.Flush();
        return content.ToArray();
    }

    private static byte[] Encode(IReadOnlyList<AdapterExtension> extensions, byte[] content)
    {
        var buffer = new GrowingBuffer(content.Length + 256);
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, AdapterEncoder.Elements, AdapterEncoder.Name, AdapterFile.FormatVersion);
        writer.WriteMapHeader(extensions.Count + 1);
        foreach (AdapterExtension extension in extensions.Where(extension => extension.Number < AdapterExtension.Tombstone))
            WriteField(ref writer, extension.Number, extension.Content.Span);
        WriteField(ref writer, AdapterExtension.Tombstone, content);
        foreach (AdapterExtension extension in extensions.Where(extension => extension.Number > AdapterExtension.Tombstone))
            WriteField(ref writer, extension.Number, extension.Content.Span);
        writer.Write(new byte[ModelFingerprint.Length]);
        AdapterEncoder.WriteProjection(ref writer, new Projection { Kind = ProjectionKind.Seeded });
        writer.Write(1);
        writer.Write(1f);
        writer.Write((int)AdapterPrecision.Float16);
        writer.WriteMapHeader(0);
        AdapterEncoder.WriteTraining(ref writer, new TrainingSummary { BaseLoss = float.NaN, AdaptedLoss = float.NaN });
        writer.Flush();
        return FileSeal.Close(buffer);
    }

    private static void WriteField(ref MessagePackWriter writer, int number, ReadOnlySpan<byte> content)
    {
        writer.Write(number);
        writer.Write(content);
    }
}
