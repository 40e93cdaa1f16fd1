using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace LoraEdge;

/// <summary>
/// The head of a file of records. docs/log-format.md defines it byte by byte. Every entry behind it is bound to it, see
/// <see cref="EntryCodec"/>; in an encrypted file it carries an authentication tag of its own.
/// </summary>
internal sealed class LogHeader
{
    public const int Version = 1;

    /// <summary>Bytes of a head that is not encrypted.</summary>
    public const int PlainBytes = ChecksumOffset + sizeof(uint);

    private const int KindOffset = 17;
    private const int EncryptionOffset = 18;
    private const int IdOffset = 20;
    private const int IdBytes = 16;
    private const int FloorOffset = IdOffset + IdBytes;
    private const int SeenOffset = FloorOffset + sizeof(long);
    private const int ThroughOffset = SeenOffset + sizeof(long);
    private const int KeyOffset = ThroughOffset + sizeof(long);
    private const int ChecksumOffset = KeyOffset + EncryptionKey.IdBytes;

    private static readonly byte[] Name = Encoding.ASCII.GetBytes("LoraEdge.records");

    private LogHeader(byte[] bytes, EncryptionKey? key)
    {
        Bytes = bytes;
        Key = key;
    }

    /// <summary>The head as it is in the file.</summary>
    public byte[] Bytes { get; }

    /// <summary>
    /// The head without its checksum, for the entries' checksums: a CRC over bytes and their own CRC is the same whatever the
    /// bytes are.
    /// </summary>
    public ReadOnlySpan<byte> Identity => Bytes.AsSpan(0, ChecksumOffset);

    /// <summary>What the file's entries are encrypted with; null when they are not.</summary>
    public EncryptionKey? Key { get; }

    public LogFileKind Kind => (LogFileKind)Bytes[KindOffset];

    /// <summary>The highest number that any record had when the file was begun.</summary>
    public long Floor => Number(FloorOffset);

    /// <summary>Of a sample: records that were offered to it.</summary>
    public long Seen => Number(SeenOffset);

    /// <summary>Of a sample: the highest number that was offered to it.</summary>
    public long Through => Number(ThroughOffset);

    public static LogHeader Create(LogFileKind kind, EncryptionKey? key, long floor = 0, long seen = 0, long through = 0)
    {
        byte[] bytes = new byte[PlainBytes + (key is null ? 0 : AesGcmCipher.Overhead)];
        Name.CopyTo(bytes, 0);
        bytes[Name.Length] = Version;
        bytes[KindOffset] = (byte)kind;
        bytes[EncryptionOffset] = key is null ? (byte)0 : (byte)1;
        AesGcmCipher.FillRandom(bytes.AsSpan(IdOffset, IdBytes));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(FloorOffset), floor);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SeenOffset), seen);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ThroughOffset), through);
        key?.IdContent.CopyTo(bytes, KeyOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32.HashToUInt32(bytes.AsSpan(0, ChecksumOffset)));
        if (key is not null)
            AesGcmCipher.Seal(key, default, bytes.AsSpan(0, PlainBytes), bytes.AsSpan(PlainBytes));
        return new LogHeader(bytes, key);
    }

    /// <summary>Reads and checks the head of a file.</summary>
    /// <param name="file">The file's bytes, or its first ones.</param>
    /// <param name="kind">What the file must be.</param>
    /// <param name="key">The key, when there is one.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="LogFormatException">The head is damaged, of another kind of file, or of a newer version.</exception>
    /// <exception cref="EncryptionKeyException">The file is encrypted with a key that was not given.</exception>
    public static LogHeader Read(ReadOnlySpan<byte> file, LogFileKind kind, EncryptionKey? key, string source)
    {
        if (file.Length < PlainBytes || !file.Slice(0, Name.Length).SequenceEqual(Name))
            throw new LogFormatException($"{source} is no file of records: it does not begin with '{Encoding.ASCII.GetString(Name)}' and {PlainBytes} bytes. It is another kind of file or damaged.");
        if (!IsWhole(file))
            throw new LogFormatException($"{source} has a damaged head: it does not fit its checksum.");
        if (IsNewer(file))
            throw new LogFormatException($"{source} has format version {file[Name.Length]}; this LoraEdge reads up to {Version}. It was written by a newer LoraEdge: update.");
        bool encrypted = file[EncryptionOffset] == 1;
        EncryptionKey? right = encrypted ? EncryptionKey.Require(key, file.Slice(KeyOffset, EncryptionKey.IdBytes), source) : null;
        int length = PlainBytes + (encrypted ? AesGcmCipher.Overhead : 0);
        if (file.Length < length || (right is not null && AesGcmCipher.Open(right, file.Slice(PlainBytes, AesGcmCipher.Overhead), file.Slice(0, PlainBytes)) is null))
            throw new LogFormatException($"{source} has a damaged head: it does not fit its authentication tag.");
        var header = new LogHeader(file.Slice(0, length).ToArray(), right);
        if (header.Bytes[Name.Length] != Version || header.Bytes[EncryptionOffset] > 1 || header.Bytes[EncryptionOffset + 1] != 0 || header.Kind != kind || header.Floor < 0 || header.Seen < 0 || header.Through < 0)
            throw new LogFormatException($"{source} has a head that no {kind} has. It is another kind of file: check the path.");
        return header;
    }

    /// <summary>Whether a file was written by a newer version, which is no damage: its head has its checksum in the same place.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> file) =>
        file.Length >= PlainBytes && file.Slice(0, Name.Length).SequenceEqual(Name) && file[Name.Length] > Version && IsWhole(file);

    private static bool IsWhole(ReadOnlySpan<byte> file) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(ChecksumOffset)) == Crc32.HashToUInt32(file.Slice(0, ChecksumOffset));

    private long Number(int offset) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(offset));
}
