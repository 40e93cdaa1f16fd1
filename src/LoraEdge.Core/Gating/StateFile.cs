using MessagePack;

namespace LoraEdge;

/// <summary>What the states of gate and monitor share as files: sealed like adapters, read with typed errors.</summary>
internal static class StateFile
{
    private const int Version = 1;
    private const ulong MostCount = 1UL << 53;

    public delegate void Writing(ref MessagePackWriter writer);

    public delegate T Reading<out T>(ref FieldReader reader);

    public static byte[] Write(string name, int elements, Writing fields)
    {
        var buffer = new GrowingBuffer(1024);
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, elements, name, Version);
        fields(ref writer);
        writer.Flush();
        return FileSeal.Close(buffer);
    }

    public static T Read<T>(ReadOnlyMemory<byte> file, string name, int elements, string what, string source, Reading<T> fields)
    {
        FileSeal.Check(file.Span, name, Version, what, source);
        var reader = new FieldReader(file, source);
        try
        {
            reader.Array("the file", elements, elements);
            reader.Skip("the name");
            reader.Unsigned("the format version", 1, 127);
            T state = fields(ref reader);
            reader.Unsigned("the checksum", 0, uint.MaxValue);
            return reader.AtEnd ? state : throw reader.Refusal(reader.Offset, "is followed by more bytes", "the end of the file");
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    /// <summary>A count of things that happened.</summary>
    public static long Count(ref FieldReader reader, string field) => (long)reader.Unsigned(field, 0, MostCount);

    /// <summary>Refuses a state whose losses were of another unit.</summary>
    public static void RequireLoss(ref FieldReader reader, bool isLogLoss)
    {
        int offset = reader.Offset;
        if (reader.Int("the unit of losses", 0, 1) != (isLogLoss ? 1 : 0))
            throw reader.Refusal(offset, isLogLoss ? "is that of a regression" : "is nats", "that of the objective");
    }
}
