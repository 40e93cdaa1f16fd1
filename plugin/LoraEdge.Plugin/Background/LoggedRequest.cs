namespace LoraEdge.Background;

/// <summary>An order to the trainer, and the records of the log that are in it.</summary>
/// <param name="Request">The order.</param>
/// <param name="Records">All its records, those that are held out included, in order.</param>
internal sealed record LoggedRequest(TrainingRequest Request, IReadOnlyList<LoggedInteraction> Records);
