using System.Text.Json;

namespace LoraEdge.Cli.Tests;

public sealed class InspectCommandTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Inspect_AsJson_TellsEverythingAboutAPolicy()
    {
        OnnxModel model = TinyModels.Policy();

        (int exitCode, JsonElement json, _) = Commands.RunJson("inspect", Saved(model), "--rank", "2");

        Assert.That(exitCode, Is.Zero);
        Assert.That(json.GetProperty("fingerprint").GetString(), Is.EqualTo(model.Fingerprint.ToString()));
        Assert.That((json.GetProperty("irVersion").GetInt64(), json.GetProperty("opset").GetInt64(), json.GetProperty("opsets").ToString()), Is.EqualTo((8L, 17L, """{"ai.onnx":17}""")));
        Assert.That(json.GetProperty("inputs").ToString(), Is.EqualTo("""[{"name":"x","type":"float32","shape":["batch",8]}]"""));
        Assert.That(json.GetProperty("outputs").ToString(), Is.EqualTo("""[{"name":"logits","type":"float32","shape":["batch",4]}]"""));
        Assert.That(json.GetProperty("layers")[0].ToString(), Is.EqualTo("""{"name":"w1","operator":"MatMul","in":8,"out":16,"shape":[8,16],"parameters":128,"adapterBytes":64,"isAttached":false}"""));
        Assert.That(json.GetProperty("layers")[1].ToString(), Is.EqualTo("""{"name":"w2","operator":"Gemm","in":16,"out":4,"shape":[4,16],"parameters":64,"adapterBytes":16,"isAttached":false}"""));
        Assert.That((json.GetProperty("rank").GetInt32(), json.GetProperty("parameters").GetInt64(), json.GetProperty("adapterBytes").GetInt64()), Is.EqualTo((2, 192L, 80L)));
        Assert.That(json.GetProperty("leftOut").GetArrayLength(), Is.Zero);
        Assert.That(json.GetProperty("objectiveCandidates").ToString(), Is.EqualTo("""[{"value":"logits","source":"the output 'logits'","layers":2}]"""));
        Assert.That(json.GetProperty("operators")[0].ToString(), Is.EqualTo("""{"domain":"ai.onnx","operator":"Add","count":1,"supported":true}"""));
        Assert.That(json.GetProperty("unsupportedNodes").GetArrayLength(), Is.Zero);
    }

    [Test]
    public void Inspect_ModelWithTheUnknown_TellsWhatIsLeftOutAndWhatIsNotSupported()
    {
        GraphBuilder builder = new GraphBuilder("odd").Opset("example", 3)
            .Input("x", TensorElementType.Float32, "batch", 4)
            .Initializer("shared", Numbers.Normal(16, 1), 4, 4);
        builder.Node("MatMul", ["x", "shared"], ["product"]);
        builder.Node("Frobnicate", ["product"], ["odd"], domain: "example", name: "frob");
        builder.Node("Softmax", ["odd"], ["probabilities"]);

        (int exitCode, JsonElement json, _) = Commands.RunJson("inspect", Saved(builder.Output("probabilities", TensorElementType.Float32, "batch", 4).Output("shared", TensorElementType.Float32, 4, 4).Build()));

        Assert.That(exitCode, Is.Zero);
        Assert.That(json.GetProperty("layers").GetArrayLength() + json.GetProperty("objectiveCandidates").GetArrayLength(), Is.Zero, "no layer, so nothing to have an objective for");
        Assert.That(json.GetProperty("leftOut")[0].ToString(), Does.StartWith("""{"name":"shared","reason":""").And.Contain("output"));
        Assert.That(json.GetProperty("unsupportedNodes")[0].ToString(), Is.EqualTo("""{"name":"frob","operator":"example.Frobnicate","opsetVersion":3,"reason":"the operator is not supported"}"""));
        Assert.That(json.GetProperty("operators").EnumerateArray().Where(one => !one.GetProperty("supported").GetBoolean()).Select(one => one.GetProperty("operator").GetString()), Is.EqualTo(new[] { "Frobnicate" }));
    }

    [Test]
    public void Inspect_ForPeople_AlignsItsColumns()
    {
        (int exitCode, string output, string error) = Commands.Run("inspect", Saved(TinyModels.Policy()));

        Assert.That((exitCode, error), Is.EqualTo((0, "")));
        Assert.That(output.ReplaceLineEndings("\n"), Does.Contain("""
              name        operator  in  out  weights  bytes
              w1          MatMul     8   16      128     32
              w2          Gemm      16    4       64      8
              2 together                         192     40
            """.ReplaceLineEndings("\n")));
        Assert.That(output, Does.Contain("ai.onnx 17").And.Contain("x: float32[batch,8]").And.Contain("the output 'logits'").And.Contain("supported"));
    }

    [Test]
    public void Inspect_WithPatterns_ChoosesLayersAndSaysWhyOthersAreLeftOut()
    {
        string policy = Saved(TinyModels.Policy());

        JsonElement json = Commands.RunJson("inspect", policy, "--include", "w1", "--include", "w?", "--exclude", "*1").Json;

        Assert.That(json.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()), Is.EqualTo(new[] { "w2" }));
        Assert.That(json.GetProperty("leftOut").ToString(), Is.EqualTo("""[{"name":"w1","reason":"the pattern '*1' excludes it"}]"""));
        Assert.That(json.GetProperty("adapterBytes").GetInt64(), Is.EqualTo(8));
    }

    [Test]
    public void Inspect_WithAPatternThatFitsNothing_IsRefused() =>
        Commands.AssertRefused(["inspect", Saved(TinyModels.Policy()), "--include", "nosuch*"], "nosuch*", "w1");

    [TestCase("0")]
    [TestCase("257")]
    [TestCase("one")]
    public void Inspect_BadRank_IsRefused(string rank) => Commands.AssertRefused(["inspect", Saved(TinyModels.Policy()), "--rank", rank], "--rank");

    [Test]
    public void Inspect_WhatIsNoModel_IsRefused()
    {
        File.WriteAllText(_folder.File("text.onnx"), "I am no model");
        Commands.AssertRefused(["inspect", _folder.File("text.onnx")], "text.onnx");
        Commands.AssertRefused(["inspect", _folder.File("missing.onnx"), "--json"], "missing.onnx");
        Commands.AssertRefused(["inspect", _folder.Root], "no model");
        Commands.AssertRefused(["inspect"], "argument");
        Commands.AssertRefused(["frobnicate"], "frobnicate");
    }

    private string Saved(OnnxModel model)
    {
        model.Save(_folder.File("policy.onnx"));
        return _folder.File("policy.onnx");
    }
}
