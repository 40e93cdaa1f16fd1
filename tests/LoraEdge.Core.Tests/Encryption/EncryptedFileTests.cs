using System.Security.Cryptography;
using LoraEdge.Tests.Adapters;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace LoraEdge.Tests.Encryption;

/// <summary>Containers that hold a file encrypted.</summary>
public sealed class EncryptedFileTests
{
    private const int HeadBytes = 42;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static readonly byte[] KeyBytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly EncryptionKey Key = new(KeyBytes);
    private static readonly EncryptionKey OtherKey = new(new byte[32]);

    [Test]
    public void AnAdapter_ComesBack()
    {
        byte[] adapter = AdapterFile.Write(Samples.Seeded());

        byte[] file = EncryptedFile.Seal(adapter, "adapter", Key);

        Assert.That(EncryptedFile.IsEncrypted(file));
        Assert.That(EncryptedFile.IsEncrypted(adapter), Is.False);
        Assert.That(EncryptedFile.Open(file, "adapter", Key, "test"), Is.EqualTo(adapter));
        Assert.That(file, Has.Length.EqualTo(adapter.Length + 70));
    }

    [Test]
    public void EmptyContent_ComesBack() => Assert.That(EncryptedFile.Open(EncryptedFile.Seal([], "x", Key), "x", Key, "test"), Is.Empty);

    [Test]
    public void EveryFile_HasANonceOfItsOwn() =>
        Assert.That(EncryptedFile.Seal(new byte[100], "x", Key), Is.Not.EqualTo(EncryptedFile.Seal(new byte[100], "x", Key)));

    [Test]
    public void WithoutTheKey_TheErrorSaysSo()
    {
        byte[] file = EncryptedFile.Seal(new byte[100], "x", Key);

        Assert.That(() => EncryptedFile.Open(file, "x", null, "test"), Throws.TypeOf<EncryptionKeyException>().With.Message.Contains("no key was given"));
        Assert.That(() => EncryptedFile.Open(file, "x", OtherKey, "test"), Throws.TypeOf<EncryptionKeyException>().With.Message.Contains(OtherKey.Id).And.Message.Contains(Key.Id));
    }

    [Test]
    public void AnotherKindOfContent_IsRefused() =>
        Assert.That(() => EncryptedFile.Open(EncryptedFile.Seal(new byte[9], "adapter", Key), "checkpoint", Key, "test"), Throws.TypeOf<EncryptedFileException>().With.Message.Contains("'adapter'"));

    [Test]
    public void EveryFlippedBit_AndEveryTruncation_IsRefused()
    {
        byte[] file = EncryptedFile.Seal(new byte[20], "adapter", Key);
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] damaged = (byte[])file.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(() => EncryptedFile.Open(damaged, "adapter", Key, "test"), Throws.InstanceOf<LoraEdgeException>());
        }

        for (int length = 0; length < file.Length; length++)
            Assert.That(() => EncryptedFile.Open(file[..length], "adapter", Key, "test"), Throws.TypeOf<EncryptedFileException>());
        Assert.That(() => EncryptedFile.Open([.. file, 0], "adapter", Key, "test"), Throws.TypeOf<EncryptedFileException>());
    }

    [TestCase(31)]
    [TestCase(33)]
    public void AKeyOfAnotherLength_IsRefused(int length) => Assert.Throws<InvalidOptionsException>(() => _ = new EncryptionKey(new byte[length]));

    [TestCase("")]
    [TestCase("longer than sixteen")]
    [TestCase("é")]
    public void AKindThatCannotBeWritten_IsRefused(string kind) => Assert.Throws<InvalidOptionsException>(() => EncryptedFile.Seal([], kind, Key));

    [Test]
    public void BouncyCastleAndTheFramework_ReadWhatIsWritten()
    {
        byte[] content = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        byte[] file = EncryptedFile.Seal(content, "adapter", Key);
        byte[] nonce = file[HeadBytes..(HeadBytes + NonceBytes)];

        Assert.That(BouncyCastle(encrypts: false, nonce, file[..HeadBytes], file[(HeadBytes + NonceBytes)..]), Is.EqualTo(content));
        byte[] plain = new byte[content.Length];
        using var framework = new AesGcm(KeyBytes, TagBytes);
        framework.Decrypt(nonce, file[(HeadBytes + NonceBytes)..^TagBytes], file[^TagBytes..], plain, file[..HeadBytes]);
        Assert.That(plain, Is.EqualTo(content));
    }

    [Test]
    public void WhatBouncyCastleAndTheFrameworkWrite_IsRead()
    {
        byte[] content = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        byte[] head = EncryptedFile.Seal(content, "adapter", Key)[..HeadBytes], nonce = [.. Enumerable.Range(50, NonceBytes).Select(i => (byte)i)];
        byte[] framework = new byte[content.Length + TagBytes];
        using var cipher = new AesGcm(KeyBytes, TagBytes);
        cipher.Encrypt(nonce, content, framework.AsSpan(0, content.Length), framework.AsSpan(content.Length), head);

        byte[] bouncy = BouncyCastle(encrypts: true, nonce, head, content);

        Assert.That(bouncy, Is.EqualTo(framework));
        Assert.That(EncryptedFile.Open([.. head, .. nonce, .. bouncy], "adapter", Key, "test"), Is.EqualTo(content));
    }

    private static byte[] BouncyCastle(bool encrypts, byte[] nonce, byte[] associated, byte[] content)
    {
        var cipher = new GcmBlockCipher(new AesEngine());
        cipher.Init(encrypts, new AeadParameters(new KeyParameter(KeyBytes), 8 * TagBytes, nonce, associated));
        byte[] result = new byte[cipher.GetOutputSize(content.Length)];
        int written = cipher.ProcessBytes(content, 0, content.Length, result, 0);
        cipher.DoFinal(result, written);
        return result;
    }
}
