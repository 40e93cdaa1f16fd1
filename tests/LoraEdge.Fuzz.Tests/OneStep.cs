using LoraEdge.Training;

namespace LoraEdge.Fuzz.Tests;

/// <summary>One training step on made-up inputs, towards zeros.</summary>
internal static class OneStep
{
    /// <summary>Trains; null when no output depends on a layer that can be adapted.</summary>
    public static Adapter? Train(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        IReadOnlyList<ObjectiveCandidate> candidates = ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers);
        if (candidates.Count == 0)
            return null;
        string value = candidates[0].ValueName;
        Dictionary<string, HostTensor> one = inputs.ToDictionary(input => input.Key, input => FirstOf(input.Value), StringComparer.Ordinal);
        using var folder = new TemporaryFolder();
        model.Save(folder.File("model.onnx"));
        using var trainer = new LoraFaTrainer();
        var record = new Interaction(one, Target.Regression(new float[WidthOf(model, one, value)]));
        using ITrainingSession session = trainer.Start(new TrainingRequest
        {
            ModelPath = folder.File("model.onnx"),
            Objective = new Objective { ValueName = value, Loss = LossKind.MeanSquaredError },
            Records = [record, record],
            HeldOut = [],
            Options = new TrainingOptions { MaxEpochs = 1, BatchSize = 2 },
        });
        session.Step();
        return session.Complete();
    }

    private static int WidthOf(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, string value)
    {
        using var executed = new ExecutedModel(model);
        return executed.RunOnce(inputs, [value]).TryGetValue(value, out HostTensor? found) ? (int)Math.Max(1, found.Count) : 1;
    }

    /// <summary>The first row, as a record holds it.</summary>
    private static HostTensor FirstOf(HostTensor? tensor)
    {
        if (tensor is null || tensor.Shape.Length == 0 || tensor.Shape[0] < 2)
            return tensor!;
        return new HostTensor(tensor.ElementType, [1, .. tensor.Shape.Skip(1)], tensor.Bytes[..(int)(tensor.Bytes.Length / tensor.Shape[0])]);
    }
}
