using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>
/// A damaged model on its way to a session that serves: read, searched for layers, executed, trained for a step, served, and
/// served with the adapter. Each stage may refuse it with an error of LoraEdge's own; the stages that do not need that one
/// still get to see it.
/// </summary>
/// <param name="seeds">What is damaged.</param>
/// <param name="folder">Where to write the models to, before and after; null for nowhere.</param>
internal sealed class ModelCase(SeedModels seeds, string? folder = null) : IFuzzCase
{
    /// <inheritdoc />
    public string Run(Random random)
    {
        FuzzSeed seed = seeds.Draw(random);
        byte[] damaged = ModelMutator.Mutate(seed.Model, random);
        if (folder is not null)
        {
            File.WriteAllBytes(Path.Combine(folder, "whole.onnx"), seed.Model);
            File.WriteAllBytes(Path.Combine(folder, "damaged.onnx"), damaged);
        }

        return Run(seed, damaged, random);
    }

    /// <summary>Takes a model as far as it goes.</summary>
    /// <param name="seed">What it was before it was damaged.</param>
    /// <param name="bytes">What it is.</param>
    /// <param name="random">Draws inputs.</param>
    public static string Run(FuzzSeed seed, byte[] bytes, Random random)
    {
        var stages = new Stages(seed.Name);
        OnnxModel? model = null;
        stages.Try("read", () => Read(model = OnnxModel.Parse(bytes, "damaged.onnx")));
        if (model is null)
            return stages.ToString();
        Dictionary<string, Initializer> inputs = GeneratedInputs.For(model, seed, random);
        bool executed = stages.Try("executed", () => Execute(model, inputs));
        Adapter? adapter = null;
        if (executed && AdaptableLayers.Find(model.Graph).Layers.Count > 0)
            stages.Try("trained", () => adapter = TrainingStep.Take(model, inputs, random));
        stages.Try("served", () => Serve(model, inputs, adapter));
        return stages.ToString();
    }

    private static void Read(OnnxModel model)
    {
        _ = model.Fingerprint;
        AdaptableLayers.Find(model.Graph);
    }

    private static void Execute(OnnxModel model, Dictionary<string, Initializer> inputs)
    {
        using var _ = no_grad();
        using var executor = new GraphExecutor(model);
        Dictionary<string, Tensor> fed = GeneratedInputs.ToTorch(inputs);
        string[] outputs = [.. model.Graph.Outputs.Select(output => output.Name)];
        try
        {
            // Twice: the first run builds the plan, the second one uses it.
            Dispose(executor.Run(fed, outputs));
            Dispose(executor.Run(fed, outputs));
        }
        finally
        {
            Dispose(fed.Values);
        }
    }

    private static void Serve(OnnxModel model, Dictionary<string, Initializer> inputs, Adapter? adapter)
    {
        using var serving = new ServingModel(model);
        Dictionary<string, HostTensor> fed = GeneratedInputs.ToHost(inputs);
        serving.Base.Run(fed);
        if (adapter is null)
            return;
        using MergedSession merged = serving.Build(adapter);
        merged.Run(fed);
    }

    private static void Dispose(IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            tensor.Dispose();
    }
}
