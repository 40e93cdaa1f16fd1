using LoraEdge;
using LoraEdge.Benchmarks.Personalization;
using NUnit.Framework;
using Rival.Adaptation;
using Rival.Policy;
using Rival.Tests.Commands;

namespace Rival.Tests.Benchmarks;

/// <summary>What a benchmark cannot use is told in one line, with exit code 2.</summary>
public sealed class BenchmarkErrorTests
{
    private readonly Scratch _scratch = new();

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void UnknownBenchmark_IsNamed() => AssertRefused(["speed"], "'speed'");

    [Test]
    public void MissingDataFolder_IsNamed() => AssertRefused(["personalization", "--data", _scratch.At("nowhere")], "nowhere");

    [Test]
    public void DataFolderWithoutPlayers_IsNamed()
    {
        Directory.CreateDirectory(_scratch.At("empty/chess"));
        AssertRefused(["personalization", "--data", _scratch.At("empty")], _scratch.At("empty/chess"));
    }

    [Test]
    public void DataFolderWithoutAUsablePlayer_TellsTheReason()
    {
        Directory.CreateDirectory(_scratch.At("few/chess"));
        _scratch.Write("few/chess/Few.pgn", Playouts.Pgn("Few, A", 4, 12, seed: 3));
        AssertRefused(["personalization", "--data", _scratch.At("few")], "4 games of 'Few'");
    }

    [Test]
    public void AnErrorOfOnePlayerAmongSeveral_ComesAsItIs()
    {
        string path = _scratch.Write("tal.pgn", Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1));
        PlayerLog[] logs = [.. PlayerSource.Logs(path, null, 100, _ => { })];
        var study = new Study(PolicyModel.Load());
        AdaptOptions bad = new() { Training = new TrainingOptions { Rank = 1, LearningRate = -1 } };
        Assert.That(() => study.Run(bad, [.. logs, .. logs], [default, default]), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("LearningRate"));
    }

    private static void AssertRefused(string[] arguments, string mention)
    {
        (int exitCode, string[] output, string[] error) = RivalProcess.RunBenchmark(arguments);
        Assert.That(exitCode, Is.EqualTo(2), string.Join('\n', error));
        Assert.That(output, Is.Empty);
        Assert.That(error[^1], Does.Contain(mention));
        Assert.That(error.Where(line => !line.StartsWith("passed over")), Has.Exactly(1).Items);
    }
}
