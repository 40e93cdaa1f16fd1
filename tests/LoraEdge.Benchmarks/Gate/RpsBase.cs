using LoraEdge.Onnx;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>Makes the base model of the benchmark within seconds, from people outside the test.</summary>
internal static class RpsBase
{
    private const int BatchSize = 256;
    private const double LearningRate = 2e-3, WeightDecay = 0.05;

    /// <summary>Trains on some people's rounds: batches drawn in an order that the seed fixes, a learning rate that falls to zero.</summary>
    /// <param name="people">Whom to learn from.</param>
    /// <param name="epochs">Passes over their rounds. Default: 4; more overfits.</param>
    /// <param name="seed">Seed of weights and order.</param>
    public static OnnxModel Train(IEnumerable<RpsPerson> people, int epochs = 4, int seed = 1)
    {
        Interaction[] records = [.. people.SelectMany(RpsNetwork.Records)];
        OnnxModel start = RpsNetwork.Create(seed);
        using var tuner = new FullFineTuner(start, RpsNetwork.Objective, WeightDecay, Environment.ProcessorCount);
        var random = new Random(seed);
        int steps = epochs * (records.Length / BatchSize);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(records);
            foreach (Interaction[] batch in records.Chunk(BatchSize).Where(batch => batch.Length == BatchSize))
                tuner.Step(batch, LearningRate * (1 - (tuner.Steps / (double)steps)));
        }

        return start.WithInitializers(tuner.Weights());
    }

    /// <summary>Mean loss of a model on some people's rounds.</summary>
    public static double Loss(OnnxModel model, IEnumerable<RpsPerson> people)
    {
        using var tuner = new FullFineTuner(model, RpsNetwork.Objective, threads: Environment.ProcessorCount);
        return tuner.Evaluate([.. people.SelectMany(RpsNetwork.Records)]);
    }
}
