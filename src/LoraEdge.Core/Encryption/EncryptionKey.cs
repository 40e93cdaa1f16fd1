using System.Security.Cryptography;
using System.Text;

namespace LoraEdge;

/// <summary>
/// A key for encryption at rest, AES-256. The host makes it at random and keeps it where the platform keeps secrets; a file
/// whose key is gone is gone as well.
/// </summary>
public sealed class EncryptionKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    internal const int IdBytes = 8;

    /// <summary>Takes a key.</summary>
    /// <param name="bytes">32 random bytes; copied.</param>
    /// <exception cref="InvalidOptionsException">There are more or fewer.</exception>
    public EncryptionKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new InvalidOptionsException($"An encryption key has {Length} bytes, but {bytes.Length} were given.");
        Bytes = bytes.ToArray();
        using var hash = SHA256.Create();
        IdContent = hash.ComputeHash([.. Encoding.ASCII.GetBytes("LoraEdge key id"), .. Bytes]).AsSpan(0, IdBytes).ToArray();
    }

    /// <summary>Tells keys apart without giving them away: the start of a hash, 16 hexadecimal digits. It is written into files.</summary>
    public string Id => Name(IdContent);

    internal byte[] Bytes { get; }

    internal byte[] IdContent { get; }

    internal static string Name(ReadOnlySpan<byte> id) => BitConverter.ToString(id.ToArray()).Replace("-", "").ToLowerInvariant();

    /// <summary>Refuses a missing or another key for a file that names the one it needs.</summary>
    internal static EncryptionKey Require(EncryptionKey? key, ReadOnlySpan<byte> id, string source)
    {
        if (key is null)
            throw new EncryptionKeyException($"{source} is encrypted, and no key was given. Hand in the key {Name(id)}.");
        if (!id.SequenceEqual(key.IdContent))
            throw new EncryptionKeyException($"{source} is encrypted with the key {Name(id)}, but the key {key.Id} was given. Hand in the other one.");
        return key;
    }
}
