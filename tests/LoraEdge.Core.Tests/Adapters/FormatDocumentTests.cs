namespace LoraEdge.Tests.Adapters;

/// <summary>The files printed in docs/adapter-format.md are the files that are written.</summary>
public sealed class FormatDocumentTests
{
    private static readonly FormatDocument Document = new("adapter-format.md");

    [Test]
    public void TheAdapterOfTheDocument_IsWhatIsWritten() =>
        Assert.That(Document.Printed("adapter"), Is.EqualTo(FormatDocument.HexDump(AdapterFile.Write(Samples.Tiny()))));

    [Test]
    public void TheAdapterOfTheDocument_CanBeRead() =>
        AdapterAssert.AreSame(AdapterFile.Read(Document.Bytes("adapter"), "docs"), Samples.Tiny());

    [Test]
    public void TheProjectionOfTheDocument_IsWhatIsWritten()
    {
        CalibratedProjection projection = CalibratedProjection.Create(Samples.Model, 1, [new(7, [3f, -4f])]);
        Assert.That(Document.Printed("projection"), Is.EqualTo(FormatDocument.HexDump(projection.Write())));
    }

    [TestCase("67,108,864", AdapterLimits.MaxFileBytes)]
    [TestCase("65,536", AdapterLimits.MaxTargets)]
    [TestCase("65,535", AdapterLimits.MaxInitializerIndex)]
    [TestCase("16,777,216", AdapterLimits.MaxOutFeatures)]
    [TestCase("8,388,607", AdapterLimits.MaxInFeatures)]
    [TestCase("1,024", SyncLimits.MaxDevices)]
    public void TheLimitsOfTheDocument_AreThoseOfTheCode(string printed, int limit)
    {
        Assert.That(limit.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(printed));
        Assert.That(Document.Text, Does.Contain($"| {printed}"));
    }
}
