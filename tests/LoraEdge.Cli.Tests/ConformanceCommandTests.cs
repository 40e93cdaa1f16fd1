using System.Text.Json;

namespace LoraEdge.Cli.Tests;

/// <summary><c>verify --conformance</c>, on a few of ONNX's cases and what was made of them.</summary>
public sealed class ConformanceCommandTests
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Empty()
    {
        foreach (string folder in Directory.GetDirectories(_folder.Root))
            Directory.Delete(folder, recursive: true);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Conformance_OfCasesThatPassOrAreRefused_ExitsWith0()
    {
        Copy("test_exp", "passes");
        Copy("test_exp", "refused");
        GraphBuilder builder = new GraphBuilder("odd").Opset("example", 1).Input("x", TensorElementType.Float32, 3, 4, 5);
        builder.Node("Frobnicate", ["x"], ["y"], domain: "example");
        builder.Output("y", TensorElementType.Float32, 3, 4, 5).Build().Save(_folder.File("refused/model.onnx"));

        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", "--conformance", _folder.Root);

        Assert.That(exitCode, Is.Zero);
        Assert.That(Counts(json), Is.EqualTo((1, 1, 0, 0)));
        Assert.That(json.GetProperty("cases")[0].ToString(), Is.EqualTo("""{"name":"passes","result":"passed","operators":["Exp"],"detail":""}"""));
        Assert.That(json.GetProperty("cases")[1].GetProperty("result").GetString(), Is.EqualTo("refused"));
        Assert.That(json.GetProperty("cases")[1].GetProperty("detail").GetString(), Does.Contain("example.Frobnicate"));
    }

    [Test]
    public void Conformance_OfACaseWithAnotherOutput_ExitsWith1()
    {
        Copy("test_exp", "wrong");
        string data = _folder.File("wrong/test_data_set_0");
        File.WriteAllBytes(Path.Combine(data, "output_0.pb"), File.ReadAllBytes(Path.Combine(data, "input_0.pb")));

        (int exitCode, string output, _) = Commands.Run("verify", "--conformance", _folder.Root);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("wrong  wrong   Exp        output 'y': element").And.Contain("0 passed, 0 refused, 1 wrong, 0 failed, of 1 cases."));
    }

    [Test]
    public void Conformance_OfADirectoryThatHoldsNone_IsRefused()
    {
        Commands.AssertRefused(["verify", "--conformance", _folder.Root], _folder.Root, "no conformance cases");
        Commands.AssertRefused(["verify", "--conformance", _folder.File("missing"), "--json"], _folder.File("missing"), "Name the one that holds theirs");
        Commands.AssertRefused(["verify", "--conformance", ""], "Name the one that holds theirs");
    }

    [Test]
    public void Conformance_OfACaseWithoutData_HasNotPassed()
    {
        Copy("test_exp", "bare");
        Directory.Delete(_folder.File("bare/test_data_set_0"), recursive: true);

        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", "--conformance", _folder.Root);

        Assert.That((exitCode, Counts(json)), Is.EqualTo((1, (0, 0, 0, 1))));
        Assert.That(json.GetProperty("cases")[0].GetProperty("detail").GetString(), Does.Contain("nothing to compare"));
    }

    private static (int Passed, int Refused, int Wrong, int Failed) Counts(JsonElement json) =>
        (json.GetProperty("passed").GetInt32(), json.GetProperty("refused").GetInt32(), json.GetProperty("wrong").GetInt32(), json.GetProperty("failed").GetInt32());

    private void Copy(string name, string to)
    {
        string from = TestData.Require($"onnx-node/{name}");
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder.File(to), Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);

            // Not File.Copy: the shared data are read-only.
            File.WriteAllBytes(target, File.ReadAllBytes(path));
        }
    }
}
