using LoraEdge.Inference;
using LoraEdge.Onnx.Parity;
using LoraEdge.Training;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A damaged model on its way to a session that serves it and an adapter trained on it.</summary>
internal static class ModelCase
{
    /// <summary>Makes the case of a number; the same for the same seed.</summary>
    public static FuzzCase Make(int seed, int index)
    {
        var random = new Random((seed * 1_000_003) + index);
        (string name, Func<byte[]> read) = Seeds.Pick(random);
        (byte[] bytes, string how) = Mutation.Of(read(), random);
        return new FuzzCase($"{name}: {how}", Stages(bytes));
    }

    /// <summary>What a host does with a model. All of it is tried, since a host need not train, nor train before it serves.</summary>
    public static IEnumerable<(string Name, Action Run)> Stages(byte[] bytes)
    {
        OnnxModel? model = null;
        IReadOnlyDictionary<string, HostTensor>? inputs = null;
        Adapter? adapter = null;
        ServingModel? serving = null;
        IReadOnlyDictionary<string, HostTensor>? outputs = null;
        yield return ("parse", () => model = OnnxModel.Parse(bytes, "fuzz"));
        if (model is null)
            yield break;
        yield return ("layers", () => ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers));
        yield return ("fingerprint", () => _ = model.Fingerprint);
        yield return ("inputs", () => inputs = ParityInputs.For(model, seed: 1));
        if (inputs is not null)
        {
            yield return ("execute", () => outputs = Execute(model, inputs));
            yield return ("train", () => adapter = OneStep.Train(model, inputs));
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

    private static IReadOnlyDictionary<string, HostTensor> Execute(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using var executed = new ExecutedModel(model);
        string[] values = [.. model.Graph.Outputs.Select(output => output.Name)];
        executed.RunOnce(inputs, values);
        return executed.Run(inputs, values);
    }

    private static void ServeMerged(ServingModel serving, Adapter adapter, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using MergedSession session = serving.Build(adapter);
        session.Run(inputs);
    }
}
