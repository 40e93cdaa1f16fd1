using System.Text;

namespace LoraEdge;

/// <summary>
/// A container that holds the bytes of any file encrypted: an adapter, a checkpoint. Its head (format, version, kind of
/// content, key) is readable and authenticated. docs/log-format.md defines it byte by byte.
/// </summary>
public static class EncryptedFile
{
    private const int Version = 1;
    private const int AesGcm = 1;
    private const int KindOffset = 18;
    private const int LongestKind = 16;
    private const int KeyOffset = KindOffset + LongestKind;
    private const int HeadBytes = KeyOffset + EncryptionKey.IdBytes;

    private static readonly byte[] Name = Encoding.ASCII.GetBytes("LoraEdge.encrypt");

    /// <summary>Whether bytes are such a container, whatever its state; a plain adapter is not.</summary>
    /// <param name="bytes">The file, or its first 16 bytes.</param>
    public static bool IsEncrypted(ReadOnlySpan<byte> bytes) => bytes.Length >= Name.Length && bytes.Slice(0, Name.Length).SequenceEqual(Name);

    /// <summary>Encrypts a file's bytes. Every call gives other bytes.</summary>
    /// <param name="content">The file.</param>
    /// <param name="kind">What it is, such as <c>adapter</c>: 1 to 16 ASCII characters. Only opened as the same.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="InvalidOptionsException">The kind is empty, too long or not ASCII.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> content, string kind, EncryptionKey key)
    {
        byte[] file = new byte[HeadBytes + content.Length + AesGcmCipher.Overhead];
        WriteHead(file, kind, key.IdContent);
        AesGcmCipher.Seal(key, content, file.AsSpan(0, HeadBytes), file.AsSpan(HeadBytes));
        return file;
    }

    /// <summary>Decrypts a file's bytes.</summary>
    /// <param name="bytes">The whole container.</param>
    /// <param name="kind">What its content must be.</param>
    /// <param name="key">The key; null when the host has none.</param>
    /// <param name="source">The file's name or another name a user recognises, for messages.</param>
    /// <exception cref="EncryptionKeyException">No key was given, or another one than it was encrypted with.</exception>
    /// <exception cref="EncryptedFileException">It is not such a container, holds something else, is damaged, or of a newer version.</exception>
    public static byte[] Open(ReadOnlySpan<byte> bytes, string kind, EncryptionKey? key, string source)
    {
        if (!IsEncrypted(bytes))
            throw new EncryptedFileException($"{source} is not an encrypted file: it does not begin with '{Encoding.ASCII.GetString(Name)}'. Check the path.");
        if (bytes.Length < HeadBytes + AesGcmCipher.Overhead)
            throw new EncryptedFileException($"{source} has {bytes.Length} bytes; an encrypted file has at least {HeadBytes + AesGcmCipher.Overhead}. It is truncated: restore it from a copy.");
        if (bytes[Name.Length] > Version)
            throw new EncryptedFileException($"{source} has format version {bytes[Name.Length]}; this LoraEdge reads up to {Version}. It was written by a newer LoraEdge: update.");
        EncryptionKey right = EncryptionKey.Require(key, bytes.Slice(KeyOffset, EncryptionKey.IdBytes), source);
        Span<byte> head = stackalloc byte[HeadBytes];
        WriteHead(head, kind, right.IdContent);
        if (!bytes.Slice(0, HeadBytes).SequenceEqual(head))
            throw new EncryptedFileException($"{source} holds '{KindOf(bytes)}', expected '{kind}', or its head is damaged. Check the path, or restore it from a copy.");
        return AesGcmCipher.Open(right, bytes.Slice(HeadBytes), head)
            ?? throw new EncryptedFileException($"{source} is damaged or was altered: it does not fit its authentication tag. Restore it from a copy.");
    }

    private static void WriteHead(Span<byte> head, string kind, ReadOnlySpan<byte> keyId)
    {
        if (kind.Length is 0 or > LongestKind || kind.Any(c => c is <= ' ' or > '~'))
            throw new InvalidOptionsException($"The kind of an encrypted file is '{kind}'; it has 1 to {LongestKind} ASCII characters.");
        Name.CopyTo(head);
        head[Name.Length] = Version;
        head[Name.Length + 1] = AesGcm;
        Encoding.ASCII.GetBytes(kind).CopyTo(head.Slice(KindOffset));
        keyId.CopyTo(head.Slice(KeyOffset));
    }

    private static string KindOf(ReadOnlySpan<byte> bytes) =>
        new([.. bytes.Slice(KindOffset, LongestKind).ToArray().Where(b => b != 0).Select(b => b is > 0x20 and < 0x7f ? (char)b : '?')]);
}
