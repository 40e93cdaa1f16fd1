using LoraEdge.Tests.Adapters;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

public sealed class TombstoneFileTests
{
    [Test]
    public void ATombstone_IsReadAsItWasWritten()
    {
        AdapterOrigin origin = Origin(B, 12, Vector((A, 1), (B, 300)));
        Assert.That(TombstoneFile.TryRead(TombstoneFile.Write(origin), "t.lora"), Is.EqualTo(origin));
    }

    [Test]
    public void AnAdapter_IsNone() => Assert.That(TombstoneFile.TryRead(AdapterFile.Write(Samples.Tiny()), "a.lora"), Is.Null);

    [Test]
    public void ReadAsAnAdapter_ItSaysWhatItIs() =>
        Assert.That(() => AdapterFile.Read(Tombstone(A, 1, Vector((A, 1))), "t.lora"), Throws.TypeOf<AdapterFormatException>().With.Message.Contains("forgotten"));

    /// <summary>Put together from docs/adapter-format.md, byte by byte.</summary>
    [Test]
    public void TheBytes_AreThoseOfTheDocument()
    {
        AdapterOrigin origin = Origin(A, 2, Vector((A, 5))) with { Written = DateTimeOffset.FromUnixTimeMilliseconds(1000) };
        byte[] id = A.ToArray();
        byte[] expected = new RawAdapter
        {
            Extensions = [0x83, .. RawAdapter.Extension(1, id), .. RawAdapter.Extension(5, 0x92, 2, 0xcd, 0x03, 0xe8), .. RawAdapter.Extension(6, [0x92, 0xcd, 0x03, 0xe8, 0x81, 0xc4, 16, .. id, 5])],
            Fingerprint = [0xc4, 32, .. new byte[32]],
            Projection = [0x93, 1, 0, 0],
            Targets = [0x80],
            Training = [0x95, 0, 0, 0, 0xca, 0x7f, 0xc0, 0, 0, 0xca, 0x7f, 0xc0, 0, 0],
        }.Build();
        Assert.That(TombstoneFile.Write(origin), Is.EqualTo(expected));
    }

    [Test]
    public void ATombstoneWithAnythingElseInIt_IsRefused()
    {
        byte[] content = [0x92, 0, 0x80];
        byte[] file = new RawAdapter { Extensions = [0x81, .. RawAdapter.Extension(6, content)] }.Build();
        AdapterFormatException error = Assert.Throws<AdapterFormatException>(() => TombstoneFile.TryRead(file, "t.lora"))!;
        Assert.That(error.Message, Does.Contain("canonical"));
    }

    [Test]
    public void EveryFlippedBit_IsFound()
    {
        byte[] file = Tombstone(A, 1, Vector((A, 1), (B, 70_000)));
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] flipped = [.. file];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(() => TombstoneFile.TryRead(flipped, "t.lora"), Throws.TypeOf<AdapterFormatException>());
        }
    }

    [Test]
    public void MutationsWithARightChecksum_AreRefusedOrReadTheSameAgain()
    {
        byte[] file = Tombstone(A, 1, Vector((A, 1), (B, 70_000)));
        var random = new Random(3);
        for (int round = 0; round < 3000; round++)
        {
            byte[] content = file[..^5];
            content[random.Next(19, content.Length)] = (byte)random.Next(256);
            byte[] mutated = RawAdapter.Seal(content);
            try
            {
                if (TombstoneFile.TryRead(mutated, "t.lora") is { } origin)
                    Assert.That(TombstoneFile.TryRead(TombstoneFile.Write(origin), "t.lora")!.Vector, Is.EqualTo(origin.Vector));
            }
            catch (AdapterFormatException)
            {
                // As it should be.
            }
        }
    }
}
