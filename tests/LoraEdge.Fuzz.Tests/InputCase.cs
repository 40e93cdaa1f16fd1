using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;
using LoraEdge.Training;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A valid model, and inputs that do not fit it.</summary>
internal static class InputCase
{
    /// <summary>Makes the case of a number; the same for the same seed.</summary>
    public static FuzzCase Make(int seed, int index)
    {
        var random = new Random(unchecked((seed * 7_000_003) + index));
        FuzzSeed whole = SeedModels.Draw(random);
        string how = InputMutation.Choose(random);
        return new FuzzCase($"{whole.Name}: {how}", Stages(whole, how, random));
    }

    private static IEnumerable<(string Name, Action Run)> Stages(FuzzSeed whole, string how, Random random)
    {
        OnnxModel? model = null;
        Dictionary<string, HostTensor>? inputs = null;
        MergedSession? session = null;
        yield return ("parse", () => model = OnnxModel.Parse(whole.Model, "fuzz"));
        if (model is null)
            yield break;
        yield return ("inputs", () => inputs = InputMutation.Apply(how, GeneratedInputs.For(model, whole, random), random));
        if (inputs is null)
            yield break;
        yield return ("execute", () => Execute(model, inputs));
        yield return ("train", () => OneStep.Train(model, inputs, random));
        yield return ("open", () => session = new MergedSession(model));
        if (session is null)
            yield break;
        yield return ("serve", () => session.Run(inputs));
        yield return ("serve into a buffer", () => session.Run(inputs, session.OutputNames[0], new float[4]));
        session.Dispose();
        yield return ("plugin", () => PluginCase.Run(model, inputs, random));
    }

    /// <summary>Runs a model's own nodes, as they are and as a plan.</summary>
    public static void Execute(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using var executed = new ExecutedModel(model);
        string[] values = [.. model.Graph.Outputs.Select(output => output.Name)];
        executed.RunOnce(inputs, values);
        executed.Run(inputs, values);
    }
}
