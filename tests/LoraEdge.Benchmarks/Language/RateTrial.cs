namespace LoraEdge.Benchmarks.Language;

/// <summary>What a learning rate gave on the speakers who are only tuned on.</summary>
/// <param name="LearningRate">The candidate.</param>
/// <param name="NllGain">Mean gain over the base model, in nats per token.</param>
internal sealed record RateTrial(double LearningRate, double NllGain);
