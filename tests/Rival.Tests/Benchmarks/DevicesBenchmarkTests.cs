using LoraEdge.Benchmarks.Devices;
using NUnit.Framework;

namespace Rival.Tests.Benchmarks;

/// <summary>The benchmark of two devices: what it copies, and how it averages.</summary>
public sealed class DevicesBenchmarkTests
{
    [Test]
    public void Copy_TakesAdaptersOfBothDevices_AndNothingElse()
    {
        using var scratch = new Scratch();
        foreach (string folder in new[] { "1/profiles/p/devices", "1/profiles/p/history", "2/profiles/p/devices" })
            Directory.CreateDirectory(scratch.At(folder));
        scratch.Write("1/profiles/p/devices/a.lora", "a");
        scratch.Write("1/profiles/p/history/1.lora", "old");
        scratch.Write("2/profiles/p/devices/b.lora", "b");

        TwoDevices.Copy(scratch.At("1"), scratch.At("3"));
        TwoDevices.Copy(scratch.At("2"), scratch.At("3"));

        Assert.That(
            Directory.GetFiles(scratch.At("3"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(scratch.At("3"), file).Replace('\\', '/')),
            Is.EquivalentTo(new[] { "profiles/p/devices/a.lora", "profiles/p/devices/b.lora" }));
    }

    [Test]
    public void Mean_CountsPlayersAlike() => Assert.That(
        DeviceFigures.Mean([new(1, 2, 3, 4, 5), new(3, 4, 5, 6, 9)]),
        Is.EqualTo(new DeviceFigures(2, 3, 4, 5, 7)));
}
