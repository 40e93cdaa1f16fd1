namespace LoraEdge.Training;

/// <summary>Refuses options that cannot work, by name.</summary>
internal static class OptionsCheck
{
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public static void Require(TrainingOptions options)
    {
        Require(options.Method is AdaptationMethod.LoraFa or AdaptationMethod.Lora, nameof(options.Method), options.Method, "one of AdaptationMethod");
        Require(options.Rank is >= 1 and <= AdapterLimits.MaxRank, nameof(options.Rank), options.Rank, $"1 to {AdapterLimits.MaxRank}");
        Require(options.Scale != 0 && !float.IsNaN(options.Scale) && !float.IsInfinity(options.Scale), nameof(options.Scale), options.Scale, "finite and not 0");
        Require(options.LearningRate is > 0 and < 10, nameof(options.LearningRate), options.LearningRate, "above 0 and below 10");
        Require(options.WeightDecay is >= 0 and < 10, nameof(options.WeightDecay), options.WeightDecay, "0 to 10");
        Require(options.MaxEpochs >= 1, nameof(options.MaxEpochs), options.MaxEpochs, "1 or more");
        Require(options.BatchSize >= 1, nameof(options.BatchSize), options.BatchSize, "1 or more");
        Require(options.GradientClipNorm > 0, nameof(options.GradientClipNorm), options.GradientClipNorm, "above 0");
        Require(options.EvaluationsPerEpoch >= 1, nameof(options.EvaluationsPerEpoch), options.EvaluationsPerEpoch, "1 or more");
        Require(options.Patience >= 1, nameof(options.Patience), options.Patience, "1 or more");
        Require(options.TrustRegion > 0, nameof(options.TrustRegion), options.TrustRegion, "above 0");
        Require(options.Threads >= 1, nameof(options.Threads), options.Threads, "1 or more");
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The training option {option} is {value}; it must be {range}.");
    }
}
