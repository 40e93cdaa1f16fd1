using System.Text.Json;

namespace LoraEdge.Cli.Tests;

/// <summary>The commands on models of other people's exporters.</summary>
public sealed class RealModelTests
{
    private static readonly string[] s_models =
    [
        "mlagents/3DBall", "mlagents/Basic", "mlagents/GridFoodCollector", "mlagents/Hallway", "mlagents/Match3VectorObs",
        "mlagents/PushBlock", "mlagents/Sorter", "magika/fast_v2_1", "stories15M/stories15M",
    ];

    [TestCaseSource(nameof(s_models))]
    public void Verify_WithTheRecordedOutputs_Agrees(string model)
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", PathOf(model), "--reference", ReferenceOf(model));

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((0, "agrees")), json.ToString());
        Assert.That(json.Names("excluded"), Is.EqualTo(Drawn(model)));
        Assert.That(json.Names("comparedOutputs"), Has.None.Matches<string>(name => Drawn(model).Contains(name)).And.Not.Empty);
    }

    [TestCaseSource(nameof(s_models))]
    public void Verify_OnSeededInputs_AgreesWithOnnxRuntime(string model)
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", PathOf(model));

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((0, "agrees")), json.ToString());
        Assert.That(json.Names("excluded"), Is.EqualTo(Drawn(model)));
    }

    [TestCaseSource(nameof(s_models))]
    public void Inspect_FindsLayersAndAnObjectiveAndSupportsEveryOperator(string model)
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("inspect", PathOf(model));

        Assert.That(exitCode, Is.Zero);
        Assert.That(json.GetProperty("layers").GetArrayLength(), Is.Positive);
        Assert.That(json.GetProperty("objectiveCandidates").GetArrayLength(), Is.Positive);
        Assert.That(json.GetProperty("unsupportedNodes").EnumerateArray().Select(node => node.ToString()), Is.Empty);
    }

    /// <summary>Outputs that the policies of ML-Agents sample.</summary>
    private static string[] Drawn(string model) => model switch
    {
        "mlagents/3DBall" or "mlagents/GridFoodCollector" => ["continuous_actions"],
        "magika/fast_v2_1" or "stories15M/stories15M" => [],
        _ => ["discrete_actions"],
    };

    private static string PathOf(string model) => TestData.Require($"models/{model}.onnx");

    private static string ReferenceOf(string model) =>
        TestData.Require($"models/reference/{(model.StartsWith("magika") ? "magika-fast_v2_1" : Path.GetFileName(model))}.json");
}
