namespace LoraEdge;

/// <summary>Records on their way to their losses under several adapters. Used by one thread at a time; it need not be the one that made it.</summary>
public interface IScoringSession : IDisposable
{
    /// <summary>Slices that are left to run.</summary>
    int SlicesLeft { get; }

    /// <summary>Scores some records under one adapter (see <see cref="TrainingOptions.SliceSize"/>). A loss that is not finite is no error.</summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="LoraEdgeException">The model cannot be executed on these records, or memory ran out.</exception>
    bool Step();

    /// <summary>Runs what is left, and hands over the scores.</summary>
    /// <returns>For every adapter, in the order of the request, the score of every record, in the order of the request.</returns>
    IReadOnlyList<IReadOnlyList<RecordScore>> Complete();
}
