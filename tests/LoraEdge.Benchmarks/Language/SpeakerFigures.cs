namespace LoraEdge.Benchmarks.Language;

/// <summary>What was measured for one speaker; NLL in nats per token of speeches that nobody trained on.</summary>
/// <param name="Speaker">The speaker.</param>
/// <param name="KnownTokens">Tokens that could be learned from.</param>
/// <param name="BaseNll">Of the frozen model.</param>
/// <param name="ContextNll">Of the frozen model when the speaker's newest known tokens come before each speech.</param>
/// <param name="AdaptedNll">Of the session that serves the adapter, without context.</param>
/// <param name="AdapterBytes">Size of the adapter's file.</param>
/// <param name="TrainSeconds">How long training took.</param>
internal sealed record SpeakerFigures(string Speaker, int KnownTokens, double BaseNll, double ContextNll, double AdaptedNll, int AdapterBytes, double TrainSeconds);
