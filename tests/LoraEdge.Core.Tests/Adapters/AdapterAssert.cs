namespace LoraEdge.Tests.Adapters;

internal static class AdapterAssert
{
    /// <summary>All properties are equal, floats bit for bit.</summary>
    public static void AreSame(Adapter actual, Adapter expected)
    {
        Assert.Multiple(() =>
        {
            Assert.That(actual.Model, Is.EqualTo(expected.Model));
            Assert.That(actual.Projection, Is.EqualTo(expected.Projection));
            Assert.That(actual.Rank, Is.EqualTo(expected.Rank));
            Assert.That(Bits(actual.Scale), Is.EqualTo(Bits(expected.Scale)));
            Assert.That(actual.Training, Is.EqualTo(expected.Training));
            Assert.That(actual.Targets.Select(t => t.InitializerIndex), Is.EqualTo(expected.Targets.Select(t => t.InitializerIndex)));
            Assert.That(actual.Targets.Select(t => t.OutFeatures), Is.EqualTo(expected.Targets.Select(t => t.OutFeatures)));
            Assert.That(actual.Targets.Select(t => Bits(t.B)), Is.EqualTo(expected.Targets.Select(t => Bits(t.B))));
            Assert.That(actual.Targets.Select(t => Bits(t.A)), Is.EqualTo(expected.Targets.Select(t => Bits(t.A))));
            Assert.That(actual.Extensions.Select(e => e.Number), Is.EqualTo(expected.Extensions.Select(e => e.Number)));
            Assert.That(actual.Extensions.Select(e => e.Content.ToArray()), Is.EqualTo(expected.Extensions.Select(e => e.Content.ToArray())));
        });
    }

    /// <summary>The bytes are refused, and the message names the source and says this.</summary>
    public static void IsRefused(byte[] bytes, params string[] saying)
    {
        AdapterFormatException error = Assert.Throws<AdapterFormatException>(() => AdapterFile.Read(bytes, "player-7.adapter"))!;
        Assert.That(error.Message, Does.Contain("player-7.adapter"));
        foreach (string part in saying)
            Assert.That(error.Message, Does.Contain(part));
    }

    private static uint[] Bits(float[]? values) => values?.Select(Bits).ToArray() ?? [];

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
