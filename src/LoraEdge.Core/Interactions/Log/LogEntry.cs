using System.Buffers.Binary;
using MessagePack;

namespace LoraEdge;

/// <summary>What an entry of a file says. Its first byte tells: an array is a record, a number a mark, nil an empty slot.</summary>
internal static class LogEntry
{
    private const byte RecordCode = MessagePackCode.MinFixArray | 4;
    private const int MarkBytes = 1 + sizeof(long);

    /// <summary>The slot of a sample that holds nothing.</summary>
    public static readonly byte[] Empty = [MessagePackCode.Nil];

    public static bool IsEmpty(ReadOnlySpan<byte> content) => content.SequenceEqual(Empty);

    /// <summary>The number up to which all are used, for records whose last ones are gone.</summary>
    public static byte[] Mark(long number)
    {
        byte[] content = new byte[MarkBytes];
        content[0] = MessagePackCode.UInt64;
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(1), number);
        return content;
    }

    public static bool IsMark(ReadOnlySpan<byte> content, out long number)
    {
        bool isMark = content.Length == MarkBytes && content[0] == MessagePackCode.UInt64;
        number = isMark ? BinaryPrimitives.ReadInt64BigEndian(content.Slice(1)) : 0;
        return isMark && number >= 0;
    }

    /// <summary>A record: the number, and behind it what <see cref="RecordEncoder"/> wrote.</summary>
    public static void WriteRecord(GrowingBuffer buffer, long number, ReadOnlySpan<byte> rest)
    {
        var head = new SpanWriter(buffer.GetSpan(MarkBytes + 1));
        head.Encoded([RecordCode]);
        head.Unsigned((ulong)number);
        buffer.Advance(head.Length);
        rest.CopyTo(buffer.GetSpan(rest.Length));
        buffer.Advance(rest.Length);
    }
}
