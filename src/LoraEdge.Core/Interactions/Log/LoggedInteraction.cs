namespace LoraEdge;

/// <summary>A record as the log keeps it.</summary>
/// <param name="Sequence">Its number: 1, 2, 3 and so on over the life of the log, never used twice. Undone and removed records leave gaps.</param>
/// <param name="Time">When it was recorded, to the millisecond, by the device's calendar.</param>
/// <param name="Interaction">The record.</param>
public sealed record LoggedInteraction(long Sequence, DateTimeOffset Time, Interaction Interaction);
