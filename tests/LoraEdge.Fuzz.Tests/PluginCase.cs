namespace LoraEdge.Fuzz.Tests;

/// <summary>Wrong inputs and targets through the plugin, which a host calls inside its frame.</summary>
internal static class PluginCase
{
    /// <summary>Infers, and records with a target that fits as little as the inputs may.</summary>
    public static void Run(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, Random random)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.File("model.onnx"));
        var objective = new Objective { ValueName = random.Pick(model.Graph.Outputs).Name, Loss = (LossKind)random.Next(4) };
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(new LoraEdgeOptions { ModelPath = folder.File("model.onnx"), Objective = objective });
        Profile profile = plugin.OpenProfile(random.Pick(["player", "../player", "con", new string('p', 500), "\u017d"]));
        Attempt(() => profile.Infer(inputs));
        Attempt(() => profile.Infer(inputs, objective.ValueName, new float[random.Next(3)]));
        Attempt(() => profile.Record(inputs, TargetOf(random), random.OddFloat()));
        plugin.Tick();
    }

    private static Target TargetOf(Random random) => random.Next(5) switch
    {
        0 => Target.Class(unchecked((int)random.OddInteger())),
        1 => Target.Class(0, [unchecked((int)random.OddInteger()), 0, 0]),
        2 => Target.Sequence([.. Enumerable.Range(0, random.Next(4)).Select(_ => random.OddInteger())]),
        3 => Target.Regression([.. Enumerable.Range(0, random.Next(4)).Select(_ => random.OddFloat())]),
        _ => Target.Regression(),
    };

    // Each is tried, whatever came of the one before.
    private static void Attempt(Action call)
    {
        try
        {
            call();
        }
        catch (LoraEdgeException)
        {
            // What wrong inputs are supposed to give.
        }
    }
}
