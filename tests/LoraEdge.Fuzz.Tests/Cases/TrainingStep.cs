using LoraEdge.Training;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>One step of training on one record.</summary>
internal static class TrainingStep
{
    /// <summary>Differentiates an output, then trains through the public door, if record and model go together.</summary>
    public static Adapter Take(OnnxModel model, Dictionary<string, Initializer> inputs, Random random)
    {
        ValueInfo output = random.Pick(model.Graph.Outputs);
        var objective = new Objective { ValueName = output.Name, Loss = random.Pick([LossKind.MeanSquaredError, LossKind.CrossEntropy, LossKind.SequenceCrossEntropy, LossKind.Huber]), Form = (ObjectiveForm)random.Next(3) };
        long? memoryTarget = random.Percent(50) ? 1 : null;
        long[] shape = Differentiate(model, objective, inputs, memoryTarget);
        return Train(model, objective, shape, inputs, memoryTarget);
    }

    private static long[] Differentiate(OnnxModel model, Objective objective, Dictionary<string, Initializer> inputs, long? memoryTarget)
    {
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, objective, [], []);
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(0), model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], rank: 1);
        using var weights = new LowRankWeights(layers, factors.Matrices, rank: 1, scale: 1, trainA: false);
        using var executor = new GraphExecutor(model, weights);
        Dictionary<string, Tensor> fed = GeneratedInputs.ToTorch(inputs);
        try
        {
            using IForwardPass pass = executor.Forward(fed, objective.ValueName, memoryTarget);
            using Tensor gradient = ones_like(pass.Value);
            if (pass.Value.is_floating_point())
                pass.Backward(gradient);
            return pass.Value.shape;
        }
        finally
        {
            foreach (Tensor tensor in fed.Values)
                tensor.Dispose();
        }
    }

    private static Adapter Train(OnnxModel model, Objective objective, long[] shape, Dictionary<string, Initializer> inputs, long? memoryTarget)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.File("damaged.onnx"));
        var record = new Interaction(GeneratedInputs.ToHost(inputs), TargetFor(objective, shape));
        var request = new TrainingRequest
        {
            ModelPath = folder.File("damaged.onnx"),
            Objective = objective,
            Records = [record],
            HeldOut = [record],
            Options = new TrainingOptions { BatchSize = 1, MaxEpochs = 1, MemoryTargetMegabytes = memoryTarget },
        };
        using var trainer = new LoraFaTrainer();
        using ITrainingSession session = trainer.Start(request);
        while (session.Step())
        {
        }

        return session.Complete();
    }

    private static Target TargetFor(Objective objective, long[] shape) => objective.Loss switch
    {
        LossKind.CrossEntropy => Target.Class(0),
        LossKind.SequenceCrossEntropy => Target.Sequence(new long[shape.Length > 1 ? Math.Max(1, shape[1]) : 1]),
        _ => Target.Regression(new float[Math.Max(1, shape.Skip(1).Aggregate(1L, (count, size) => count * size))]),
    };
}
