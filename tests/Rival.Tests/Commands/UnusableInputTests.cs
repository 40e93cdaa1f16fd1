using LoraEdge;
using LoraEdge.Onnx;
using NUnit.Framework;

namespace Rival.Tests.Commands;

/// <summary>Whatever the user hands over, the answer is one line that names it, exit code 2, and files as they were.</summary>
public sealed class UnusableInputTests
{
    private readonly Scratch _scratch = new();
    private string _games = "";
    private string _model = "";

    [OneTimeSetUp]
    public void Prepare()
    {
        _games = _scratch.Write("tal.pgn", Playouts.Pgn("Tal, Mihail", 12, 16, seed: 1));
        _model = _scratch.Network("random.onnx", seed: 1);
    }

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void BinaryPgn_IsNamed() => AssertRefused(["adapt", "--games", _scratch.Write("binary.pgn", [0, 1, 2, 255, 0, 7])], "binary.pgn", "binary");

    [Test]
    public void EmptyPgn_IsNamed() => AssertRefused(["adapt", "--games", _scratch.Write("empty.pgn", "")], "empty.pgn", "is empty");

    [Test]
    public void MissingFile_IsNamed() => AssertRefused(["adapt", "--games", _scratch.At("missing.pgn")], "missing.pgn", "Check");

    [Test]
    public void PgnWithoutThePlayer_TellsWhoIsInIt() => AssertRefused(["adapt", "--games", _games, "--player", "Fischer"], "tal.pgn", "'Fischer'", "'Tal'");

    [Test]
    public void ModelThatIsNotOnnx_IsNamed() => AssertRefused(Adapt(_scratch.Write("text.onnx", "I am no model")), "text.onnx");

    [Test]
    public void MissingModel_IsNamed() => AssertRefused(Adapt(_scratch.At("missing.onnx")), "missing.onnx");

    [Test]
    public void TruncatedModel_IsNamed()
    {
        byte[] whole = File.ReadAllBytes(_model);
        AssertRefused(Adapt(_scratch.Write("half.onnx", whole[..(whole.Length / 2)])), "half.onnx");
    }

    [Test]
    public void ModelWithUnsupportedOperators_ListsThemAll()
    {
        GraphBuilder graph = new GraphBuilder("odd", opset: 17).Input("x", TensorElementType.Float32, "batch", 4);
        string first = graph.Node("Erf", ["x"]), second = graph.Node("Frobnicate", [first]);
        graph.Node("Defrobnicate", [second], ["y"]);
        graph.Output("y", TensorElementType.Float32, "batch", 4).Build().Save(_scratch.At("odd.onnx"));
        AssertRefused(Adapt(_scratch.At("odd.onnx")), "odd.onnx", "Frobnicate", "Defrobnicate", "node(s)");
    }

    [Test]
    public void ModelForSomethingElse_TellsWhatIsExpected()
    {
        GraphBuilder graph = new GraphBuilder("small", opset: 17).Input("x", TensorElementType.Float32, "batch", 4);
        graph.Node("Relu", ["x"], ["y"]);
        graph.Output("y", TensorElementType.Float32, "batch", 4).Build().Save(_scratch.At("small.onnx"));
        AssertRefused(Adapt(_scratch.At("small.onnx")), "small.onnx", "'board'");
    }

    [Test]
    public void StoredAdapter_OfAnotherModelOrDamaged_IsRefusedAndKept()
    {
        string store = _scratch.At("store");
        string[] order = ["--max-moves", "40", "--out", store];
        Assert.That(RivalProcess.Run([.. Adapt(_model), .. order]).ExitCode, Is.Zero);
        string other = _scratch.Network("other.onnx", seed: 2);
        AssertRefused([.. Adapt(other), .. order], "local.lora", "model");

        string adapter = Directory.GetFiles(store, "*", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(adapter);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(adapter, bytes);
        AssertRefused([.. Adapt(_model), .. order], "local.lora");
    }

    [TestCase("--rank", "0")]
    [TestCase("--rank", "one")]
    [TestCase("--learning-rate", "-1")]
    [TestCase("--max-moves", "0")]
    [TestCase("--method", "magic")]
    [TestCase("--bogus", "1")]
    public void BadOption_IsNamed(string option, string value) => AssertRefused(["adapt", "--games", _games, option, value], option == "--method" ? value : option);

    [Test]
    public void MissingOption_IsNamed() => AssertRefused(["adapt"], "--games");

    [TestCase("--games")]
    [TestCase("--model")]
    [TestCase("--projection")]
    [TestCase("--out")]
    public void EmptyPath_IsNamed(string option) => AssertRefused(option == "--games" ? ["adapt", option, ""] : ["adapt", "--games", _games, option, " "], option, "is empty");

    [TestCase("--store")]
    [TestCase("--model")]
    public void EmptyPathOfTheMainJob_IsNamed(string option) => AssertRefused([option, ""], option, "is empty");

    [Test]
    public void FolderThatCannotBeWritten_IsNamedBeforeTheTraining()
    {
        string[] error = AssertRefused([.. Adapt(_model), "--out", Path.Combine(_games, "store")], "--out", "tal.pgn");
        Assert.That(error, Has.Length.EqualTo(1));
    }

    [Test]
    public void StoreOfTheMainJobThatCannotBeWritten_IsNamedBeforeTheGames() => AssertRefused(["--store", Path.Combine(_games, "store")], "--store", "tal.pgn");

    private string[] Adapt(string model) => ["adapt", "--games", _games, "--model", model];

    private string[] AssertRefused(string[] arguments, params string[] mentions) => AssertRefused(_scratch, arguments, mentions);

    /// <summary>Runs the program; gives back what it wrote on standard error.</summary>
    internal static string[] AssertRefused(Scratch scratch, string[] arguments, string[] mentions)
    {
        Dictionary<string, string> before = scratch.Snapshot();
        (int exitCode, string[] output, string[] error) = RivalProcess.Run(arguments);
        Assert.That(exitCode, Is.EqualTo(2), string.Join('\n', error));
        Assert.That(output, Is.Empty);
        Assert.That(error[^1], Does.StartWith("rival: "));
        Assert.That(error.Count(line => line.StartsWith("rival: ")), Is.EqualTo(1));
        foreach (string mention in mentions)
            Assert.That(error[^1], Does.Contain(mention));
        Assert.That(scratch.Snapshot(), Is.EqualTo(before));
        return error;
    }
}
