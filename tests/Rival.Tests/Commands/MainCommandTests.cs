using NUnit.Framework;

namespace Rival.Tests.Commands;

/// <summary>What the program does without a command.</summary>
public sealed class MainCommandTests
{
    [Test]
    public void Main_WithFewGames_AdaptsToThreePlayersAndNamesTheirFiles()
    {
        using var scratch = new Scratch();
        (int exitCode, string[] output, string[] error) = RivalProcess.Run("--games-each", "12", "--store", scratch.Folder);
        Assert.That(exitCode, Is.Zero, string.Join('\n', error));
        Assert.That(output, Has.Some.Contains("simulated").And.Some.Contains("top-1 base"));
        string[] files = Directory.GetFiles(scratch.Folder, "*", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.EqualTo(3));
        foreach (string file in files)
            Assert.That(output, Has.Some.Contains($"{new FileInfo(file).Length} bytes").And.Some.EndsWith(file));
    }

    /// <summary>With few games training begins at once, and the interruption finds its thread inside libtorch.</summary>
    [TestCase("30")]
    [TestCase("60")]
    [Platform(Exclude = "Win", Reason = "SIGINT is sent with kill.")]
    public void Main_InterruptedWhileItLearns_EndsWith130AndLeavesNoFile(string games)
    {
        using var scratch = new Scratch();
        using RivalProcess rival = RivalProcess.Start("--games-each", games, "--store", scratch.Folder);
        rival.WaitForLine("Learning");
        rival.Interrupt();
        (int exitCode, _, string[] error) = rival.WaitForExit();
        Assert.That(exitCode, Is.EqualTo(130), string.Join('\n', error));
        Assert.That(error, Is.Empty);
        Assert.That(scratch.Snapshot(), Is.Empty);
    }
}
