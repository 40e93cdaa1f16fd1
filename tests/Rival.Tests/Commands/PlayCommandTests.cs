using System.Net;
using NUnit.Framework;

namespace Rival.Tests.Commands;

[TestFixture]
internal sealed class PlayCommandTests
{
    [Test]
    [Platform("Linux,MacOsX")]
    public void Play_TellsItsAddressInOneLine_AndEndsWithCtrlC()
    {
        using var scratch = new Scratch();
        using RivalProcess rival = RivalProcess.Start("play", "--port", "0", "--no-browser", "--store", scratch.Folder);
        rival.WaitForLine("Rival plays on http://127.0.0.1:");
        rival.Interrupt();
        (int exitCode, string[] output, string[] error) = rival.WaitForExit();
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, string.Join('\n', error));
            Assert.That(output, Has.Length.EqualTo(1));
            Assert.That(error, Is.Empty);
        });
    }

    [Test]
    public void Port_ThatIsTaken_IsToldInOneLine()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var scratch = new Scratch();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        (int exitCode, _, string[] error) = RivalProcess.Run("play", "--port", $"{port}", "--no-browser", "--store", scratch.Folder);
        Assert.That((exitCode, error.Length), Is.EqualTo((2, 1)), string.Join('\n', error));
        Assert.That(error[0], Does.Contain($"{port}"));
    }
}
