namespace LoraEdge.Tests.Adapters;

public sealed class AdapterFileDamageTests
{
    private static IEnumerable<byte[]> Files() =>
    [
        AdapterFile.Write(Samples.Tiny()),
        AdapterFile.Write(Samples.Explicit(2, [new AdapterExtension(1, new byte[16]), new AdapterExtension(9, [1, 2, 3])]), AdapterPrecision.Float32),
    ];

    [TestCaseSource(nameof(Files))]
    public void EveryTruncation_IsRefused(byte[] file)
    {
        for (int length = 0; length < file.Length; length++)
            AdapterAssert.IsRefused(file[..length]);
    }

    [TestCaseSource(nameof(Files))]
    public void EveryTruncationWithANewChecksum_IsRefused(byte[] file)
    {
        for (int length = 0; length < file.Length - 5; length++)
            AdapterAssert.IsRefused(RawAdapter.Seal(file[..length]));
    }

    [TestCaseSource(nameof(Files))]
    public void EverySingleBitFlip_IsRefused(byte[] file)
    {
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] flipped = (byte[])file.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AdapterAssert.IsRefused(flipped);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void BytesAfterTheEnd_AreRefused(byte[] file) => AdapterAssert.IsRefused([.. file, 0]);

    [Test]
    public void AnEmptyFile_IsRefused() => AdapterAssert.IsRefused([], "0 bytes");

    [Test]
    public void AnotherKindOfFile_IsCalledSo() => AdapterAssert.IsRefused(new byte[1000], "is not an adapter");

    [Test]
    public void Damage_IsCalledSo()
    {
        byte[] file = AdapterFile.Write(Samples.Tiny());
        file[60] ^= 1;
        AdapterAssert.IsRefused(file, "truncated or damaged", "checksum");
    }

    [Test]
    public void ANewerVersion_IsCalledSo() => AdapterAssert.IsRefused(new RawAdapter { Version = [2] }.Build(), "format version 2", "newer LoraEdge: update");

    [Test]
    public void MutationsWithARightChecksum_GiveAnAdapterOrTheOneError()
    {
        var random = new Random(20240607);
        byte[][] seeds = [.. Files(), AdapterFile.Write(Samples.Seeded(8)), AdapterFile.Write(Samples.Explicit(1))];
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 60_000; i++)
        {
            byte[] mutated = RawAdapter.Seal(Mutation.Of(seeds[random.Next(seeds.Length)][..^5], random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Adapter adapter = AdapterFile.Read(mutated, "test", out AdapterPrecision precision);
                accepted++;
                Assert.That(AdapterFile.Write(adapter, precision), Is.EqualTo(mutated), "what is accepted is canonical");
            }
            catch (AdapterFormatException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > 64_000 + (32L * mutated.Length))
                Assert.Fail($"mutation {i} of {mutated.Length} bytes made the reader allocate {allocated} bytes");
        }

        TestContext.Out.WriteLine($"{accepted} accepted, {refused} refused");
        Assert.Multiple(() =>
        {
            Assert.That(accepted, Is.GreaterThan(1000), "values of B may be anything finite");
            Assert.That(refused, Is.GreaterThan(1000));
        });
    }
}
