namespace LoraEdge;

/// <summary>What one <see cref="LoraEdgePlugin.Tick(TimeSpan, TimeSpan?)"/> has trained.</summary>
/// <param name="Slices">Slices run.</param>
/// <param name="Used">Time they took.</param>
/// <param name="NextSlice">Time the next one is expected to take; zero when it is not known.</param>
public readonly record struct TickResult(int Slices, TimeSpan Used, TimeSpan NextSlice)
{
    /// <summary>Whether not even one slice fits into a budget: give more, or train in smaller slices (<see cref="TrainingOptions.SliceSize"/>).</summary>
    /// <param name="budget">The budget that the tick was given.</param>
    public bool IsTooSmall(TimeSpan budget) => Slices == 0 && NextSlice > budget;
}
