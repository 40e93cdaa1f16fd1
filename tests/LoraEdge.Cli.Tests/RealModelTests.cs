using System.Text.Json;

namespace LoraEdge.Cli.Tests;

/// <summary>The commands on models of other people's exporters.</summary>
public sealed class RealModelTests
{
    private const string OtherRecording = "mlagents/GridFoodCollector";

    private static readonly string[] s_models =
    [
        "mlagents/3DBall", "mlagents/Basic", "mlagents/GridFoodCollector", "mlagents/Hallway", "mlagents/Match3VectorObs",
        "mlagents/PushBlock", "mlagents/Sorter", "magika/fast_v2_1", "stories15M/stories15M",
    ];

    private static IEnumerable<string> Recorded => s_models.Where(model => model != OtherRecording);

    [TestCaseSource(nameof(Recorded))]
    public void Verify_WithTheRecordedOutputs_Agrees(string model)
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", PathOf(model), "--reference", ReferenceOf(model));

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((0, "agrees")), json.ToString());
        Assert.That(json.Names("excluded"), Is.EqualTo(Drawn(model)));
        Assert.That(json.Names("comparedOutputs"), Has.None.Matches<string>(name => Drawn(model).Contains(name)).And.Not.Empty);
    }

    /// <summary>
    /// The recording under this model's name is not of this file: it has a discrete_action_output_shape of shape [1], which the
    /// file declares and holds as [1,1], and actions that the executor, ONNX Runtime and plain loops in double precision agree
    /// to be others.
    /// </summary>
    [Test]
    public void Verify_WithTheRecordingOfAnotherFile_Differs()
    {
        (int exitCode, JsonElement json, _) = Commands.RunJson("verify", PathOf(OtherRecording), "--reference", ReferenceOf(OtherRecording));

        Assert.That((exitCode, json.GetProperty("result").GetString()), Is.EqualTo((1, "differs")), json.ToString());
        Assert.That(json.GetProperty("detail").GetString(), Does.StartWith("'discrete_actions'").And.Contain("'discrete_action_output_shape'").And.Not.Contain("the first difference"), "nothing differs from ONNX Runtime on the way");
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
