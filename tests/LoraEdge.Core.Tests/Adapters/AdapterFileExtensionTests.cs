namespace LoraEdge.Tests.Adapters;

public sealed class AdapterFileExtensionTests
{
    [TestCase(8, "unknown")]
    [TestCase(AdapterExtension.EncryptionEnvelope, "encryption")]
    public void ACriticalExtensionThatIsNotImplemented_IsRefused(int number, string meaning)
    {
        byte[] file = new RawAdapter { Extensions = [0x81, .. RawAdapter.Extension((byte)number, 1, 2, 3)] }.Build();
        AdapterAssert.IsRefused(file, $"critical extension {number}", meaning, "newer LoraEdge: update");
    }

    [Test]
    public void ACriticalExtension_IsReportedBeforeFieldsThatItMayChange()
    {
        // An encrypted or deleted adapter has no targets to read.
        byte[] file = new RawAdapter { Extensions = [0x81, .. RawAdapter.Extension(4, 1)], Targets = [0x80] }.Build();
        AdapterAssert.IsRefused(file, "critical extension 4");
    }

    [Test]
    public void UnknownAncillaryExtensions_ArePreservedByteForByte()
    {
        byte[] file = new RawAdapter
        {
            Extensions = [0x83, .. RawAdapter.Extension(1, 9, 8), .. RawAdapter.Extension(3), .. RawAdapter.Extension(99, 0xff, 0x00)],
        }.Build();
        Adapter adapter = AdapterFile.Read(file, "test");
        Assert.Multiple(() =>
        {
            Assert.That(adapter.Extensions.Select(e => e.Number), Is.EqualTo(new[] { 1, 3, 99 }));
            Assert.That(adapter.Extensions[2].Content.ToArray(), Is.EqualTo(new byte[] { 0xff, 0x00 }));
            Assert.That(AdapterFile.Write(adapter), Is.EqualTo(file));
        });
    }

    private static IEnumerable<TestCaseData> WrongSections()
    {
        yield return Case("NumberZero", "an extension number", [0x81, .. RawAdapter.Extension(0)]);
        yield return Case("NumberTooHigh", "an extension number", [0x81, 0xce, 0, 1, 0, 1, 0xc4, 0]);
        yield return Case("Descending", "an extension number", [0x82, .. RawAdapter.Extension(3), .. RawAdapter.Extension(1)]);
        yield return Case("Repeated", "an extension number", [0x82, .. RawAdapter.Extension(3), .. RawAdapter.Extension(3)]);
        yield return Case("TextContent", "an extension at byte", [0x81, 1, 0xa1, 0x61]);
        yield return Case("TooLong", "an extension at byte", [0x81, 1, 0xc6, 0, 1, 0, 1, .. new byte[65_537]]);
        yield return Case("TooMany", "64", [0xde, 0, 65, .. Enumerable.Range(0, 65).SelectMany(i => new byte[] { 0xcd, 1, (byte)((2 * i) + 1), 0xc4, 0 })]);
        yield return Case("UnwantedExplicitA", "an A of its own", [0x81, .. RawAdapter.Extension(2, 0x91, 0xc4, 2, 0, 0)]);
        yield return Case("ExplicitAOfTwoTargets", "explicit A", [0x81, .. RawAdapter.Extension(2, 0x92, 0xc4, 2, 0, 0, 0xc4, 2, 0, 0)]);
        yield return Case("OddExplicitA", "explicit A", [0x81, .. RawAdapter.Extension(2, 0x91, 0xc4, 1, 0)]);
        yield return Case("EmptyExplicitA", "explicit A", [0x81, .. RawAdapter.Extension(2)]);
        yield return Case("ExplicitAWithMore", "explicit A", [0x81, .. RawAdapter.Extension(2, 0x91, 0xc4, 2, 0, 0, 0)]);
        yield return Case("ExplicitAThatPromisesMore", "explicit A", [0x81, .. RawAdapter.Extension(2, 0x91, 0xc6, 0x7f, 0xff, 0xff, 0xff)]);
    }

    [TestCaseSource(nameof(WrongSections))]
    public void AWrongExtensionSection_IsRefused(byte[] section, string saying) =>
        AdapterAssert.IsRefused(new RawAdapter { Extensions = section }.Build(), saying);

    [Test]
    public void AnExplicitA_IsReadFromItsExtension()
    {
        byte[] file = new RawAdapter
        {
            Extensions = [0x81, .. RawAdapter.Extension(2, [0x91, 0xc4, 4, .. RawAdapter.Halves(0.75f, -2f)])],
            Projection = [0x93, 3, 0, 0],
        }.Build();
        Assert.That(AdapterFile.Read(file, "test").Targets[0].A, Is.EqualTo(new[] { 0.75f, -2f }));
    }

    [TestCase(0)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(-1)]
    [TestCase(65_537)]
    public void OnlyAncillaryExtensions_CanBeAdded(int number) =>
        Assert.That(() => new AdapterExtension(number, []), Throws.TypeOf<InvalidOptionsException>());

    [Test]
    public void ALongExtension_CannotBeAdded() =>
        Assert.That(() => new AdapterExtension(1, new byte[AdapterLimits.MaxExtensionBytes + 1]), Throws.TypeOf<InvalidOptionsException>());

    private static TestCaseData Case(string name, string saying, byte[] section) =>
        new TestCaseData(section, saying).SetArgDisplayNames(name);
}
