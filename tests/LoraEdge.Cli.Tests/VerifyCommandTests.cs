using System.Text.Json;
using System.Text.Json.Nodes;

namespace LoraEdge.Cli.Tests;

public sealed class VerifyCommandTests
{
    private readonly TemporaryFolder _folder = new();
    private string _policy = "";

    [OneTimeSetUp]
    public void Prepare() => _policy = Saved(TinyModels.Policy(), "policy.onnx");

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Verify_APolicy_Agrees()
    {
        (int exitCode, JsonElement json, string error) = Commands.RunJson("verify", _policy);

        Assert.That((exitCode, error, json.GetProperty("result").GetString()), Is.EqualTo((0, "", "agrees")));
        Assert.That(json.Names("comparedOutputs"), Is.EqualTo(new[] { "logits" }));
        Assert.That(json.Names("excluded"), Is.Empty);
        Assert.That(json.GetProperty("maxDifference").GetDouble(), Is.LessThanOrEqualTo(json.GetProperty("tolerance").GetDouble()));
        Assert.That(json.TryGetProperty("detail", out _) || json.TryGetProperty("firstDifferingNode", out _), Is.False);
    }

    [Test]
    public void Verify_ForPeople_SaysWhatWasComparedAndWhatWasNot()
    {
        (int exitCode, string output, _) = Commands.Run("verify", Saved(Drawing(), "drawing.onnx"));

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.StartWith("drawing.onnx agrees with ONNX Runtime: 1 value(s) compared").And.Contain("compared  scores").And.Contain("excluded  action"));
    }

    [Test]
    public void Verify_AModelThatDrawsWithoutInputs_HasNothingToCompare()
    {
        var builder = new GraphBuilder("noise").Input("x", TensorElementType.Float32, 1);
        builder.Node("RandomNormal", [], ["noise"], [("shape", new[] { 4 })]);

        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", Saved(builder.Output("noise", TensorElementType.Float32, 4).Build(), "noise.onnx"));

        Assert.That((exitCode, json.GetProperty("result").GetString(), json.GetProperty("detail").GetString()), Is.EqualTo((1, "differs", "nothing could be compared")));
        Assert.That((json.Names("comparedOutputs").Length, json.Names("excluded")[0], json.GetProperty("maxDifference").ValueKind), Is.EqualTo((0, "noise", JsonValueKind.Null)));
    }

    [Test]
    public void Verify_AnUnsupportedModel_IsRefusedWithAllItsNodes()
    {
        GraphBuilder builder = new GraphBuilder("odd").Opset("example", 1).Input("x", TensorElementType.Float32, "batch", 4);
        builder.Node("Frobnicate", ["x"], ["a"], domain: "example");
        builder.Node("Defrobnicate", ["a"], ["y"], domain: "example");
        string path = Saved(builder.Output("y", TensorElementType.Float32, "batch", 4).Build(), "odd.onnx");

        (int exitCode, JsonElement json, string error) = Commands.RunJson("verify", path);

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((2, "refused")));
        Assert.That(json.GetProperty("detail").GetString(), Does.Contain("example.Frobnicate").And.Contain("example.Defrobnicate"));
        Assert.That(error, Does.StartWith("loraedge: odd.onnx has 2 node(s)"));
        Commands.AssertRefused(["verify", path], "example.Frobnicate", "example.Defrobnicate");
    }

    [Test]
    public void Verify_WithAReference_ComparesWhatItHolds()
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", _policy, "--reference", Reference("good.json"));

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((0, "agrees")));
        Assert.That(json.Names("comparedOutputs"), Is.EqualTo(new[] { "logits" }));
    }

    [Test]
    public void Verify_WithAReferenceThatDiffers_NamesTheNodeAndTheElement()
    {
        string reference = Reference("bad.json", logits => logits[5] += 0.01f);

        (int exitCode, JsonElement json, string error) = Commands.RunJson("verify", _policy, "--reference", reference);

        Assert.That((exitCode, error, json.GetProperty("result").GetString()), Is.EqualTo((1, "", "differs")));
        Assert.That(json.GetProperty("maxDifference").GetDouble(), Is.GreaterThan(1e-4).And.LessThan(0.1));
        Assert.That(json.GetProperty("firstDifferingNode").GetString(), Is.EqualTo("second"), "the executor agrees with ONNX Runtime, so the output's own node is named");
        Assert.That(json.GetProperty("detail").GetString(), Does.Contain("'logits': element 5 of 12"));
        Assert.That(Commands.Run("verify", _policy, "--reference", reference).Output, Does.StartWith("policy.onnx differs from bad.json").And.Contain("first differing node: second"));
    }

    [Test]
    public void Verify_WithAReferenceOfAnotherShape_Differs()
    {
        string reference = Reference("shape.json", change: null, file => file["outputs"]!["logits"]!["dims"] = new JsonArray(4, 3));

        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", _policy, "--reference", reference);

        Assert.That((exitCode, json.GetProperty("maxDifference").GetDouble()), Is.EqualTo((1, double.MaxValue)));
        Assert.That(json.GetProperty("detail").GetString(), Does.Contain("the shape is [3,4], expected [4,3]"));
    }

    /// <summary>Nothing recorded can be compared with a drawn action, so ONNX Runtime is asked what it is drawn from.</summary>
    [Test]
    public void Verify_WithAReferenceOfADrawnAction_ComparesWhatItIsDrawnFrom()
    {
        string path = Saved(Drawing(), "drawn.onnx");
        string reference = Reference("drawn.json", change: null, file => file["outputs"] = new JsonObject { ["action"] = Tensor("int32", [3, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) });

        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", path, "--reference", reference);

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((0, "agrees")));
        Assert.That((json.Names("comparedOutputs"), json.Names("excluded")), Is.EqualTo((new[] { "scores" }, new[] { "action" })));
    }

    [Test]
    public void Verify_WithAnUnusableReference_IsRefused()
    {
        File.WriteAllText(_folder.File("text.json"), "no JSON");
        Commands.AssertRefused(["verify", _policy, "--reference", _folder.File("text.json")], "text.json", "not a reference");
        Commands.AssertRefused(["verify", _policy, "--reference", _folder.File("missing.json")], "missing.json");
        Commands.AssertRefused(["verify", _policy, "--reference", ""], "cannot be read");
        foreach ((string name, Action<JsonObject> change, string mention) in Mistakes())
            Commands.AssertRefused(["verify", _policy, "--reference", Reference("mistake.json", change: null, change)], "mistake.json", mention, name);
    }

    [Test]
    public void Verify_WithoutAModelOrWithTooMuch_IsRefused()
    {
        Commands.AssertRefused(["verify"], "MODEL");
        Commands.AssertRefused(["verify", _policy, "--conformance", _folder.Root], "MODEL");
        Commands.AssertRefused(["verify", "--conformance", _folder.Root, "--reference", "r.json"], "--reference");
        Commands.AssertRefused(["verify", _folder.File("missing.onnx")], "missing.onnx");
        Commands.AssertRefused(["verify", ""], "not the path of a model");
    }

    private static IEnumerable<(string Name, Action<JsonObject> Change, string Mention)> Mistakes()
    {
        yield return ("inputs", file => file.Remove("inputs"), "not a reference");
        yield return ("x", file => file["inputs"]!["x"]!["dims"] = new JsonArray(3, 9), "bytes");
        yield return ("x", file => file["inputs"]!["x"]!["dims"] = new JsonArray(-3, -8), "negative");
        yield return ("mistake", file => file["inputs"]!["x"]!["dims"] = new JsonArray(long.MaxValue, long.MaxValue), "bytes, but 96 were given");
        yield return ("outputs", file => file["inputs"]!["x"]!["data"] = "%%%", "not a reference");
        yield return ("x", file => file["inputs"]!["x"]!["type"] = "string", "string");
        yield return ("nosuch", file => file["outputs"]!["nosuch"] = Tensor("float32", [1], [0, 0, 0, 0]), "does not compute");
    }

    private string Reference(string name, Action<float[]>? change = null, Action<JsonObject>? edit = null)
    {
        HostTensor input = HostTensor.From(Numbers.Normal(3 * 8, seed: 4), 3, 8);
        using var model = new Training.ExecutedModel(TinyModels.Policy());
        float[] logits = model.Run(new Dictionary<string, HostTensor> { ["x"] = input }, ["logits"])["logits"].AsSpan<float>().ToArray();
        change?.Invoke(logits);
        var file = new JsonObject
        {
            ["inputs"] = new JsonObject { ["x"] = Tensor("float32", [3, 8], input.Bytes) },
            ["outputs"] = new JsonObject { ["logits"] = Tensor("float32", [3, 4], HostTensor.From(logits, 3, 4).Bytes) },
        };
        edit?.Invoke(file);
        File.WriteAllText(_folder.File(name), file.ToJsonString());
        return _folder.File(name);
    }

    private static JsonObject Tensor(string type, long[] dims, byte[] data) => new()
    {
        ["type"] = type,
        ["dims"] = new JsonArray([.. dims.Select(size => JsonValue.Create(size))]),
        ["data"] = Convert.ToBase64String(data),
    };

    /// <summary>The tiny policy with a drawn action as its one output.</summary>
    private static OnnxModel Drawing()
    {
        var builder = new GraphBuilder("drawing")
            .Input("x", TensorElementType.Float32, "batch", 8)
            .Initializer("w", Numbers.Normal(32, 1), 8, 4);
        builder.Node("MatMul", ["x", "w"], ["logits"]);
        builder.Node("Softmax", ["logits"], ["probabilities"]);
        builder.Node("Log", ["probabilities"], ["scores"]);
        builder.Node("Multinomial", ["scores"], ["action"]);
        return builder.Output("action", TensorElementType.Int32, "batch", 1).Build();
    }

    private string Saved(OnnxModel model, string name)
    {
        model.Save(_folder.File(name));
        return _folder.File(name);
    }
}
