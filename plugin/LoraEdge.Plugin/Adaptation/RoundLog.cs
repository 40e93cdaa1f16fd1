using LoraEdge.Interactions;

namespace LoraEdge.Adaptation;

/// <summary>A profile's log, as rounds of adaptation see it: which records are new, and which are trained on.</summary>
internal sealed class RoundLog(InteractionLog log, LoraEdgeOptions options, AdaptationOptions adaptation, WriteGate gate)
{
    private LoggedInteraction[] _read = [];
    private long _looked;

    /// <summary>Number of the newest record.</summary>
    public long Newest => log.LastSequence;

    /// <summary>Whether enough records are new for a round; from any thread, without waiting.</summary>
    /// <param name="scored">Number of the newest record that was scored.</param>
    public bool HasEnoughAfter(long scored) => Newest - Math.Max(scored, Volatile.Read(ref _looked)) >= adaptation.MinimumNewRecords;

    /// <summary>The next records to score, oldest first: at most a quarter of those there were, so that each part is judged by a candidate that knows most of what was before.</summary>
    /// <param name="scored">Number of the newest record that was scored.</param>
    public IReadOnlyList<LoggedInteraction> Fresh(long scored)
    {
        long newest = Newest;
        int most = (int)Math.Max(adaptation.MinimumNewRecords, Math.Min(int.MaxValue, log.Count / 4));
        _read = [.. log.Read(after: scored).Take(most)];

        // Numbers whose records were undone or removed would call for one round after the other.
        if (_read.Length == 0)
            Volatile.Write(ref _looked, newest);
        return _read;
    }

    /// <summary>What a round trains on.</summary>
    public RoundRecords Records(LearnerState state)
    {
        _read = [.. log.Read().TakeWhile(record => record.Sequence <= state.Scored)];
        return RoundRecords.Plan(_read, state, options, adaptation.ReplayShare);
    }

    /// <summary>Removes records that turned out not to fit, of those that were read last.</summary>
    /// <returns>How many were removed.</returns>
    public long Remove(IReadOnlyList<Interaction> unfit) =>
        Remove(_read.Where(record => unfit.Any(one => ReferenceEquals(one, record.Interaction))).Select(record => record.Sequence));

    /// <summary>Removes records for good.</summary>
    /// <param name="numbers">Their numbers.</param>
    /// <returns>How many were removed.</returns>
    public long Remove(IEnumerable<long> numbers) => gate.Write(() => log.Remove(numbers));

    /// <summary>Removes everything.</summary>
    public LogErasure Erase()
    {
        LogErasure erased = gate.Write(log.Erase);
        _read = [];
        return erased;
    }
}
