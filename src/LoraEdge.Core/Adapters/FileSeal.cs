using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using MessagePack;

namespace LoraEdge;

/// <summary>
/// What the files of this folder share: one MessagePack array whose first element is a name of 16 bytes, whose second is
/// the format version (below 128, one byte) and whose last is the CRC-32 of every byte before it.
/// </summary>
internal static class FileSeal
{
    private const int NameOffset = 1;
    private const int NameBytes = 17;   // a fixstr code and 16 characters
    private const int VersionOffset = NameOffset + NameBytes;
    private const int ChecksumBytes = 5; // uint32 code and four bytes

    /// <summary>Bytes of the shortest file that can be told from another kind of file.</summary>
    private const int ShortestBytes = VersionOffset + 1 + ChecksumBytes;

    public static void WriteStart(ref MessagePackWriter writer, int elements, string name, int version)
    {
        writer.WriteArrayHeader(elements);
        writer.WriteString(Encoding.ASCII.GetBytes(name));
        writer.Write(version);
    }

    /// <summary>Appends the checksum, the last element, and returns the whole file.</summary>
    public static byte[] Close(GrowingBuffer buffer)
    {
        uint crc = Crc32.HashToUInt32(buffer.Written);
        Span<byte> end = buffer.GetSpan(ChecksumBytes);
        end[0] = MessagePackCode.UInt32;
        BinaryPrimitives.WriteUInt32BigEndian(end.Slice(1), crc);
        buffer.Advance(ChecksumBytes);
        return buffer.ToArray();
    }

    /// <summary>Checks name, version and checksum, in this order, so that the message tells another kind of file, a newer version and damage apart.</summary>
    public static void Check(ReadOnlySpan<byte> file, string name, int newestVersion, string what, string source)
    {
        if (file.Length > AdapterLimits.MaxFileBytes)
            throw new AdapterFormatException($"{source} has {file.Length} bytes; {what} has at most {AdapterLimits.MaxFileBytes}. It is another kind of file.");
        if (file.Length < ShortestBytes)
            throw new AdapterFormatException($"{source} has {file.Length} bytes; {what} has at least {ShortestBytes}. It is truncated or another kind of file: restore it from a copy.");
        if (file[NameOffset] != (MessagePackCode.MinFixStr | name.Length) || !file.Slice(NameOffset + 1, name.Length).SequenceEqual(Encoding.ASCII.GetBytes(name)))
            throw new AdapterFormatException($"{source} is not {what}: the name '{name}' is missing at byte {NameOffset + 1}. Check the path.");
        int version = file[VersionOffset];
        if (version > newestVersion)
            throw new AdapterFormatException($"{source} has format version {version}; this LoraEdge reads up to {newestVersion}. It was written by a newer LoraEdge: update.") { IsNewerVersion = true };
        if (version < 1)
            throw new AdapterFormatException($"{source} has format version {version} at byte {VersionOffset}; expected 1 to {newestVersion}. Restore it from a copy.");
        CheckChecksum(file, source);
    }

    private static void CheckChecksum(ReadOnlySpan<byte> file, string source)
    {
        int offset = file.Length - ChecksumBytes;
        uint expected = Crc32.HashToUInt32(file.Slice(0, offset));
        if (file[offset] != MessagePackCode.UInt32)
            throw new AdapterFormatException($"{source} does not end with a checksum: byte {offset} is 0x{file[offset]:x2}, expected 0x{MessagePackCode.UInt32:x2}. It is truncated or damaged: restore it from a copy.");
        uint found = BinaryPrimitives.ReadUInt32BigEndian(file.Slice(offset + 1));
        if (found != expected)
            throw new AdapterFormatException($"{source} is truncated or damaged: its checksum is {found:x8}, expected {expected:x8} over the {offset} bytes before it. Restore it from a copy, or train a new adapter.");
    }
}
