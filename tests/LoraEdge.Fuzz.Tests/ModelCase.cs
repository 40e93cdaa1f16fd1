using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A damaged model on its way to a session that serves it and an adapter trained on it.</summary>
internal static class ModelCase
{
    /// <summary>Makes the case of a number; the same for the same seed.</summary>
    /// <param name="seed">Seed of all cases.</param>
    /// <param name="index">Number of the case.</param>
    /// <param name="folder">Where to write the model to, before and after, to look at it; null for nowhere.</param>
    public static FuzzCase Make(int seed, int index, string? folder = null)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        FuzzSeed whole = SeedModels.Draw(random);
        (byte[] damaged, string how) = ModelMutator.Mutate(whole.Model, random);
        if (folder is not null)
        {
            File.WriteAllBytes(Path.Combine(folder, "whole.onnx"), whole.Model);
            File.WriteAllBytes(Path.Combine(folder, "damaged.onnx"), damaged);
        }

        return new FuzzCase($"{whole.Name}: {how}", Stages(whole with { Model = damaged }, random));
    }

    /// <summary>What a host does with a model. All of it is tried, since a host need not train, nor train before it serves.</summary>
    /// <param name="damaged">The model, with inputs that it took before it was damaged.</param>
    /// <param name="random">Draws inputs and how to train.</param>
    public static IEnumerable<(string Name, Action Run)> Stages(FuzzSeed damaged, Random random)
    {
        OnnxModel? model = null;
        IReadOnlyDictionary<string, HostTensor>? inputs = null;
        Adapter? adapter = null;
        ServingModel? serving = null;
        yield return ("parse", () => model = OnnxModel.Parse(damaged.Model, "fuzz"));
        if (model is null)
            yield break;
        yield return ("layers", () => ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers));
        yield return ("fingerprint", () => _ = model.Fingerprint);
        yield return ("inputs", () => inputs = random.Percent(50) ? ParityInputs.For(model, seed: 1) : GeneratedInputs.For(model, damaged, random));
        if (inputs is not null)
        {
            yield return ("execute", () => InputCase.Execute(model, inputs));
            yield return ("differentiate", () => OneStep.Differentiate(model, inputs, random));
            yield return ("train", () => adapter = OneStep.Train(model, inputs, random));
        }

        yield return ("open", () => serving = new ServingModel(model));
        if (serving is null)
            yield break;
        if (inputs is not null)
            yield return ("serve", () => serving.Base.Run(inputs));
        if (adapter is not null)
            yield return ("merge", () => ServeMerged(serving, adapter, inputs!));
        serving.Dispose();
    }

    private static void ServeMerged(ServingModel serving, Adapter adapter, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using MergedSession session = serving.Build(adapter);
        session.Run(inputs);
    }
}
