using System.Buffers.Binary;
using System.IO.Hashing;

namespace LoraEdge;

/// <summary>
/// Entries of one file: length, checksum, content. Both checksum and encryption bind an entry to the file's head and to its
/// place in the file, so that one that was moved, doubled or taken from another file is not accepted. Used by one thread at
/// a time.
/// </summary>
internal sealed class EntryCodec
{
    /// <summary>Bytes in front of an entry's content.</summary>
    public const int FrameBytes = 2 * sizeof(uint);

    private readonly EncryptionKey? _key;
    private readonly byte[] _place;
    private readonly Crc32 _crc = new();

    public EntryCodec(LogHeader header)
    {
        _key = header.Key;
        _place = [.. header.Identity, 0, 0, 0, 0];
    }

    /// <summary>Bytes that an entry takes in the file.</summary>
    public static int SizeOf(int content, bool encrypted) => FrameBytes + content + (encrypted ? AesGcmCipher.Overhead : 0);

    /// <summary>Appends an entry to a buffer.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="content">The content.</param>
    /// <param name="index">Entries before it in the file.</param>
    public void Write(GrowingBuffer buffer, ReadOnlySpan<byte> content, int index)
    {
        int size = SizeOf(content.Length, _key is not null);
        Span<byte> entry = buffer.GetSpan(size).Slice(0, size);
        Span<byte> stored = entry.Slice(FrameBytes);
        SetPlace(index);
        if (_key is null)
            content.CopyTo(stored);
        else
            AesGcmCipher.Seal(_key, content, _place, stored);
        BinaryPrimitives.WriteInt32LittleEndian(entry, stored.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.Slice(sizeof(uint)), Checksum(entry.Slice(0, sizeof(uint)), stored));
        buffer.Advance(size);
    }

    /// <summary>Whether an entry could begin here, from its length alone.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> file, int offset) =>
        file.Length - offset > FrameBytes && LengthAt(file, offset) is > 0 and int length && length <= file.Length - offset - FrameBytes;

    /// <summary>Where the entry that begins here ends, by its length.</summary>
    public static int EndOf(ReadOnlySpan<byte> file, int offset) => offset + FrameBytes + LengthAt(file, offset);

    /// <summary>Reads an entry; false where there is no whole and undamaged one with this index.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="offset">Where the entry begins.</param>
    /// <param name="index">Entries before it in the file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="next">Where the next one begins.</param>
    public bool TryRead(ReadOnlyMemory<byte> file, int offset, int index, out ReadOnlyMemory<byte> content, out int next)
    {
        content = default;
        next = offset;
        ReadOnlySpan<byte> rest = file.Span.Slice(offset);
        if (!MayBegin(file.Span, offset))
            return false;
        int length = LengthAt(rest, 0);
        SetPlace(index);
        if (BinaryPrimitives.ReadUInt32LittleEndian(rest.Slice(sizeof(uint))) != Checksum(rest.Slice(0, sizeof(uint)), rest.Slice(FrameBytes, length)))
            return false;
        ReadOnlyMemory<byte> stored = file.Slice(offset + FrameBytes, length);
        if (_key is null)
            content = stored;
        else if (AesGcmCipher.Open(_key, stored.Span, _place) is { } opened)
            content = opened;
        else
            return false;
        next = EndOf(file.Span, offset);
        return true;
    }

    private static int LengthAt(ReadOnlySpan<byte> file, int offset) => BinaryPrimitives.ReadInt32LittleEndian(file.Slice(offset));

    private void SetPlace(int index) => BinaryPrimitives.WriteInt32LittleEndian(_place.AsSpan(_place.Length - sizeof(int)), index);

    private uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> stored)
    {
        _crc.Reset();
        _crc.Append(_place);
        _crc.Append(length);
        _crc.Append(stored);
        return _crc.GetCurrentHashAsUInt32();
    }
}
