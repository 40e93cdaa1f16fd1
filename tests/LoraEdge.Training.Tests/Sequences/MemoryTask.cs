namespace LoraEdge.Training.Tests.Sequences;

/// <summary>
/// A task that needs memory: the first step shows one of two symbols, six more show others at random, and the last asks for
/// the first.
/// </summary>
internal static class MemoryTask
{
    private const int Symbols = 4;
    private const int Length = 7;

    /// <summary>A cell that forgets what it is not trained to keep.</summary>
    public static OnnxModel Model() => RecurrentModels.Tanh(Symbols, hidden: 24, classes: 2, recurrentDeviation: 0.12);

    /// <summary>Sequences of the task.</summary>
    public static Interaction[] Records(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int first = random.Next(2);
            return Interaction.Sequence([.. Enumerable.Range(0, Length).Select(step => RecurrentModels.Step(
                OneHot(step == 0 ? first : 2 + random.Next(2)), step == Length - 1 ? Target.Class(first) : Target.None))]);
        })];
    }

    /// <summary>A training of it.</summary>
    public static TrainingRequest Request(int truncation) => new()
    {
        ModelPath = "",
        Objective = RecurrentModels.Objective with { TruncationLength = truncation },
        Records = Records(256, seed: 1),
        HeldOut = Records(128, seed: 2),
        Options = new() { Rank = 4, LearningRate = 0.02, BatchSize = 32, MaxEpochs = 30, EvaluationsPerEpoch = 1, TrustRegion = 5, SamplingSeed = 3 },
    };

    private static float[] OneHot(int symbol)
    {
        var x = new float[Symbols];
        x[symbol] = 1;
        return x;
    }
}
