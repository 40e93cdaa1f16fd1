using LoraEdge.Onnx;
using LoraEdge.Training;
using LoraEdge.Training.Population;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>Makes the base model of the benchmark within seconds, from people outside the test.</summary>
internal static class RpsBase
{
    private const int BatchSize = 256;
    private const double LearningRate = 2e-3, WeightDecay = 0.05;
    private const int PopulationSteps = 4000, PopulationBatch = 64;
    private const double PopulationRate = 2e-3, PersonRate = 3 * PopulationRate;

    /// <summary>How adapters of the model are trained; chosen with people who are in neither the base nor the test.</summary>
    public static TrainingOptions Training { get; } = new() { LearningRate = 1e-2, BatchSize = 32 };

    /// <summary>Trains on some people's rounds: batches drawn in an order that the seed fixes, a learning rate that falls to zero.</summary>
    /// <param name="people">Whom to learn from.</param>
    /// <param name="epochs">Passes over their rounds. Default: 4; more overfits.</param>
    /// <param name="seed">Seed of weights and order.</param>
    public static OnnxModel Train(IEnumerable<RpsPerson> people, int epochs = 4, int seed = 1)
    {
        Interaction[] records = [.. people.SelectMany(RpsNetwork.Records)];
        OnnxModel start = RpsNetwork.Create(seed);
        using var tuner = new FullFineTuner(start, RpsNetwork.Objective, WeightDecay, threads: 1);
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

    /// <summary>The projection that a studio ships beside the model: along the directions in which people differ.</summary>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="people">Whom to learn from.</param>
    /// <param name="seed">Seed of whose turn it is, and with which rounds.</param>
    public static CalibratedProjection Project(OnnxModel model, IEnumerable<RpsPerson> people, int seed = 1)
    {
        Interaction[][] records = [.. people.Where(person => person.Rounds.Count > 0).Select(person => RpsNetwork.Records(person).ToArray())];
        using var tuner = new PopulationTuner(model, RpsNetwork.Objective, records.Length, new PopulationOptions { Threads = 1 });
        var random = new Random(seed);
        for (int step = 0; step < PopulationSteps; step++)
        {
            int person = random.Next(records.Length);
            double falling = 1 - (step / (double)PopulationSteps);
            tuner.Step(person, random.GetItems(records[person], PopulationBatch), PopulationRate * falling, PersonRate * falling);
        }

        return tuner.Capture().Projection;
    }

    /// <summary>Mean loss of a model on some people's rounds.</summary>
    public static double Loss(OnnxModel model, IEnumerable<RpsPerson> people)
    {
        using var tuner = new FullFineTuner(model, RpsNetwork.Objective, threads: 1);
        return tuner.Evaluate([.. people.SelectMany(RpsNetwork.Records)]);
    }
}
