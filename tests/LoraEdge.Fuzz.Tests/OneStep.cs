using LoraEdge.Training;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Fuzz.Tests;

/// <summary>One training step on made-up inputs.</summary>
internal static class OneStep
{
    /// <summary>Trains through the public door, towards zeros or the first class; null when no output depends on a layer that can be adapted.</summary>
    public static Adapter? Train(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, Random random)
    {
        if (Draw(model, random) is not { } objective)
            return null;
        Dictionary<string, HostTensor> one = inputs.ToDictionary(input => input.Key, input => FirstOf(input.Value), StringComparer.Ordinal);
        using var folder = new TemporaryFolder();
        model.Save(folder.File("model.onnx"));
        using var trainer = new LoraFaTrainer();
        var record = new Interaction(one, TargetFor(objective, ShapeOf(model, one, objective.ValueName)));
        using ITrainingSession session = trainer.Start(new TrainingRequest
        {
            ModelPath = folder.File("model.onnx"),
            Objective = objective,
            Records = [record, record],
            HeldOut = random.Percent(50) ? [record] : [],
            Options = new TrainingOptions { MaxEpochs = 1, BatchSize = random.Next(1, 3), MemoryTargetMegabytes = random.Percent(30) ? 1e-3 : null, Method = random.Percent(80) ? AdaptationMethod.LoraFa : AdaptationMethod.Lora },
        });
        session.Step();
        return session.Complete();
    }

    /// <summary>Runs the backward pass of an output, which needs no batch axis and no target.</summary>
    public static void Differentiate(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, Random random)
    {
        if (Draw(model, random) is not { } objective)
            return;
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, objective, [], []);
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(0), model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], rank: 1);
        using var weights = new LowRankWeights(layers, factors.Matrices, rank: 1, scale: 1, trainA: false);
        using var executor = new GraphExecutor(model, weights);
        Dictionary<string, Tensor> fed = inputs.ToDictionary(input => input.Key, input => HostTensors.ToTorch(input.Value), StringComparer.Ordinal);
        try
        {
            using IForwardPass pass = executor.Forward(fed, objective.ValueName, random.Percent(50) ? 1 : null);
            using Tensor gradient = ones_like(pass.Value);
            pass.Backward(gradient);
        }
        finally
        {
            foreach (Tensor tensor in fed.Values)
                tensor.Dispose();
        }
    }

    private static Objective? Draw(OnnxModel model, Random random)
    {
        IReadOnlyList<ObjectiveCandidate> candidates = ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers);
        if (candidates.Count == 0)
            return null;
        ObjectiveCandidate candidate = random.Pick(candidates);
        LossKind loss = random.Pick([LossKind.MeanSquaredError, LossKind.MeanSquaredError, LossKind.Huber, LossKind.CrossEntropy, LossKind.SequenceCrossEntropy]);
        return new Objective { ValueName = candidate.ValueName, Form = candidate.Form ?? ObjectiveForm.Logits, Loss = loss };
    }

    private static Target TargetFor(Objective objective, long[] shape) => objective.Loss switch
    {
        LossKind.CrossEntropy => Target.Class(0),
        LossKind.SequenceCrossEntropy => Target.Sequence(new long[shape.Length > 1 ? Math.Max(1, shape[1]) : 1]),
        _ => Target.Regression(new float[Math.Max(1, shape.Skip(1).Aggregate(1L, (count, size) => count * size))]),
    };

    private static long[] ShapeOf(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, string value)
    {
        using var executed = new ExecutedModel(model);
        return executed.RunOnce(inputs, [value]).TryGetValue(value, out HostTensor? found) ? found.Shape : [1];
    }

    /// <summary>The first row, as a record holds it.</summary>
    private static HostTensor FirstOf(HostTensor? tensor)
    {
        if (tensor is null || tensor.Shape.Length == 0 || tensor.Shape[0] < 2)
            return tensor!;
        return new HostTensor(tensor.ElementType, [1, .. tensor.Shape.Skip(1)], tensor.Bytes[..(int)(tensor.Bytes.Length / tensor.Shape[0])]);
    }
}
