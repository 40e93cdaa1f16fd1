using System.Text;

namespace LoraEdge.Tests.Adapters;

/// <summary>The files printed in docs/adapter-format.md are the files that are written.</summary>
public sealed class FormatDocumentTests
{
    [Test]
    public void TheAdapterOfTheDocument_IsWhatIsWritten() =>
        Assert.That(Printed("adapter"), Is.EqualTo(HexDump(AdapterFile.Write(Samples.Tiny()))));

    [Test]
    public void TheAdapterOfTheDocument_CanBeRead() =>
        AdapterAssert.AreSame(AdapterFile.Read(Bytes(Printed("adapter")), "docs"), Samples.Tiny());

    [Test]
    public void TheProjectionOfTheDocument_IsWhatIsWritten()
    {
        CalibratedProjection projection = CalibratedProjection.Create(Samples.Model, 1, [new(7, [3f, -4f])]);
        Assert.That(Printed("projection"), Is.EqualTo(HexDump(projection.Write())));
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
        Assert.That(Document(), Does.Contain($"| {printed}"));
    }

    private static string Printed(string name)
    {
        string[] lines = Document().Split('\n');
        int start = Array.IndexOf(lines, "```hex " + name) + 1;
        int end = Array.IndexOf(lines, "```", start);
        return string.Join("\n", lines[start..end]);
    }

    private static string Document() =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "adapter-format.md")).Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The layout of `hexdump -C`.</summary>
    private static string HexDump(byte[] bytes)
    {
        var text = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += 16)
        {
            byte[] row = bytes[at..Math.Min(at + 16, bytes.Length)];
            string hex = string.Join(" ", row.Select(b => b.ToString("x2", null)));
            string ascii = string.Concat(row.Select(b => b is >= 0x20 and < 0x7f ? (char)b : '.'));
            text.Append($"{at:x8}  {hex,-47}  |{ascii}|\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static byte[] Bytes(string dump) => dump.Split('\n')
        .SelectMany(line => line[10..57].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(hex => Convert.ToByte(hex, 16))
        .ToArray();
}
