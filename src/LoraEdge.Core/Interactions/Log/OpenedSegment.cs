namespace LoraEdge;

/// <summary>A segment of an earlier run, as it was found.</summary>
/// <param name="Segment">What is known of it.</param>
/// <param name="Highest">The highest number that it says is used.</param>
/// <param name="IsCut">Whether it ends with what a crash has left of a record.</param>
/// <param name="IsOutdated">Whether it is to be written anew: without what else cannot be read of it, or encrypted.</param>
/// <param name="Active">To go on writing to it; null where it is not the newest.</param>
internal sealed record OpenedSegment(Segment Segment, long Highest, bool IsCut, bool IsOutdated, ActiveSegment? Active);
