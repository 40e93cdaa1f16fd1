using MessagePack;

namespace LoraEdge;

/// <summary>Adapter to bytes, for an adapter that fulfils <see cref="AdapterRules"/>.</summary>
internal static class AdapterEncoder
{
    /// <summary>First element of every adapter file.</summary>
    public const string Name = "LoraEdge.adapter";

    /// <summary>Elements of the array that a file of version 1 is.</summary>
    public const int Elements = 11;

    // The MessagePack specification leaves open which NaN a float is; files have this one only.
    private const uint CanonicalNaN = 0x7FC00000;

    public static byte[] Encode(Adapter adapter, AdapterPrecision precision)
    {
        var buffer = new GrowingBuffer(EstimateBytes(adapter, precision));
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, Elements, Name, AdapterFile.FormatVersion);
        WriteExtensions(ref writer, adapter, precision);
        writer.Write(adapter.Model.Bytes);
        WriteProjection(ref writer, adapter.Projection);
        writer.Write(adapter.Rank);
        writer.Write(adapter.Scale);
        writer.Write((int)precision);
        WriteTargets(ref writer, adapter.Targets, precision);
        WriteTraining(ref writer, adapter.Training);
        writer.Flush();
        byte[] file = FileSeal.Close(buffer);
        if (file.Length > AdapterLimits.MaxFileBytes)
            throw new AdapterFormatException($"The adapter cannot be stored: it takes {file.Length} bytes, expected at most {AdapterLimits.MaxFileBytes}. Lower the rank or adapt fewer layers.");
        return file;
    }

    private static int EstimateBytes(Adapter adapter, AdapterPrecision precision)
    {
        long values = adapter.Targets.Sum(target => target.B.LongLength + (target.A?.LongLength ?? 0));
        long extensions = adapter.Extensions.Sum(extension => extension.Content.Length + 8L);
        return (int)((values * FloatPayload.SizeOf(precision)) + (adapter.Targets.Count * 13L) + extensions + 256);
    }

    private static void WriteExtensions(ref MessagePackWriter writer, Adapter adapter, AdapterPrecision precision)
    {
        bool explicitA = adapter.Projection.Kind == ProjectionKind.Explicit;
        writer.WriteMapHeader(adapter.Extensions.Count + (explicitA ? 1 : 0));
        foreach (AdapterExtension extension in adapter.Extensions)
        {
            if (explicitA && extension.Number > AdapterExtension.ExplicitA)
            {
                ExplicitFactors.Write(ref writer, adapter.Targets, precision);
                explicitA = false;
            }

            writer.Write(extension.Number);
            writer.Write(extension.Content.Span);
        }

        if (explicitA)
            ExplicitFactors.Write(ref writer, adapter.Targets, precision);
    }

    public static void WriteProjection(ref MessagePackWriter writer, Projection projection)
    {
        writer.WriteArrayHeader(3);
        writer.Write((int)projection.Kind);
        writer.Write(projection.Seed);
        writer.Write(projection.Crc32);
    }

    private static void WriteTargets(ref MessagePackWriter writer, IReadOnlyList<AdapterTarget> targets, AdapterPrecision precision)
    {
        writer.WriteMapHeader(targets.Count);
        foreach (AdapterTarget target in targets)
        {
            writer.Write(target.InitializerIndex);
            ExplicitFactors.WriteFloats(ref writer, target.B, precision);
        }
    }

    public static void WriteTraining(ref MessagePackWriter writer, TrainingSummary training)
    {
        writer.WriteArrayHeader(5);
        writer.Write(training.Records);
        writer.Write(training.Steps);
        writer.Write(training.HeldOutRecords);
        WriteLoss(ref writer, training.BaseLoss);
        WriteLoss(ref writer, training.AdaptedLoss);
    }

    private static void WriteLoss(ref MessagePackWriter writer, float loss) =>
        writer.Write(float.IsNaN(loss) ? FloatBits.ToFloat(CanonicalNaN) : loss);
}
