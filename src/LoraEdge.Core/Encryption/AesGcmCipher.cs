using System.Security.Cryptography;
#if NETSTANDARD2_0
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
#endif

namespace LoraEdge;

/// <summary>
/// AES-256-GCM (NIST SP 800-38D) of byte strings, each under a nonce of its own: nonce, ciphertext, tag in a row. Nonces are
/// random, so one key is good for 2^32 strings.
/// </summary>
internal static class AesGcmCipher
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    /// <summary>Encrypts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="plain">The content.</param>
    /// <param name="associated">What is not encrypted but must be the same when it is opened.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> longer than the content.</param>
    public static void Seal(EncryptionKey key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, Span<byte> destination)
    {
        Span<byte> nonce = destination.Slice(0, NonceBytes);
        FillRandom(nonce);
#if NETSTANDARD2_0
        GcmBlockCipher cipher = Cipher(forEncryption: true, key, nonce, associated);
        byte[] sealedBytes = new byte[plain.Length + TagBytes];
        int written = cipher.ProcessBytes(plain.ToArray(), 0, plain.Length, sealedBytes, 0);
        cipher.DoFinal(sealedBytes, written);
        sealedBytes.CopyTo(destination.Slice(NonceBytes));
#else
        using var cipher = new AesGcm(key.Bytes, TagBytes);
        cipher.Encrypt(nonce, plain, destination.Slice(NonceBytes, plain.Length), destination.Slice(NonceBytes + plain.Length), associated);
#endif
    }

    /// <summary>Decrypts; null where key, content or associated bytes are not those it was sealed with.</summary>
    public static byte[]? Open(EncryptionKey key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        if (sealedBytes.Length < Overhead)
            return null;
        ReadOnlySpan<byte> nonce = sealedBytes.Slice(0, NonceBytes);
        byte[] plain = new byte[sealedBytes.Length - Overhead];
        try
        {
#if NETSTANDARD2_0
            GcmBlockCipher cipher = Cipher(forEncryption: false, key, nonce, associated);
            byte[] content = sealedBytes.Slice(NonceBytes).ToArray();
            int written = cipher.ProcessBytes(content, 0, content.Length, plain, 0);
            cipher.DoFinal(plain, written);
#else
            using var cipher = new AesGcm(key.Bytes, TagBytes);
            cipher.Decrypt(nonce, sealedBytes.Slice(NonceBytes, plain.Length), sealedBytes.Slice(NonceBytes + plain.Length), plain, associated);
#endif
            return plain;
        }
#if NETSTANDARD2_0
        catch (InvalidCipherTextException)
#else
        catch (CryptographicException)
#endif
        {
            return null;
        }
    }

    public static void FillRandom(Span<byte> bytes)
    {
#if NETSTANDARD2_0
        using var random = RandomNumberGenerator.Create();
        byte[] drawn = new byte[bytes.Length];
        random.GetBytes(drawn);
        drawn.CopyTo(bytes);
#else
        RandomNumberGenerator.Fill(bytes);
#endif
    }

#if NETSTANDARD2_0
    private static GcmBlockCipher Cipher(bool forEncryption, EncryptionKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated)
    {
        var cipher = new GcmBlockCipher(new AesEngine());
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(key.Bytes), 8 * TagBytes, nonce.ToArray(), associated.ToArray()));
        return cipher;
    }
#endif
}
