using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LoraEdge.Inference;

/// <summary>
/// What serving measures, for any listener of System.Diagnostics.Metrics; the meter is <c>LoraEdge</c>. Durations are measured while
/// somebody listens; a run makes no garbage either way.
/// </summary>
internal static class ServingMetrics
{
    private static readonly Meter s_meter = new("LoraEdge");

    private static readonly Histogram<double> s_runs = s_meter.CreateHistogram<double>("loraedge.inference.duration", "s", "Duration of one inference, by how its adapter is served.");
    private static readonly Counter<long> s_swaps = s_meter.CreateCounter<long>("loraedge.serving.swaps", "{swap}", "Adapters, or the base, swapped in, by how they are served.");
    private static readonly Counter<long> s_moves = s_meter.CreateCounter<long>("loraedge.serving.moves", "{move}", "Players moved to a session of their own (Merged), or from one to the tables (Attached).");
    private static readonly UpDownCounter<long> s_merged = s_meter.CreateUpDownCounter<long>("loraedge.serving.merged", "{session}", "Sessions that players have for themselves.");
    private static readonly UpDownCounter<long> s_memory = s_meter.CreateUpDownCounter<long>("loraedge.serving.memory", "By", "Memory of adapted weights, and of the tables of attached sessions.");

    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>("loraedge.serving.lost_deltas", "{element}", "Changed elements of merged weights of 16 bits that stayed the same because of rounding.");

    private static readonly KeyValuePair<string, object?>[] s_modes = [.. Enum.GetNames(typeof(ServingMode)).Select(name => new KeyValuePair<string, object?>("loraedge.serving.mode", name))];

    /// <summary>Whether somebody listens to durations.</summary>
    public static bool IsHeard => s_runs.Enabled;

    /// <summary>A run has ended.</summary>
    /// <param name="mode">How the adapter is served; the base is merged.</param>
    /// <param name="begun">When it began, in ticks of <see cref="Stopwatch"/>.</param>
    public static void AddRun(ServingMode mode, long begun) => s_runs.Record((Stopwatch.GetTimestamp() - begun) / (double)Stopwatch.Frequency, s_modes[(int)mode]);

    /// <summary>An adapter was swapped in.</summary>
    public static void AddSwap(ServingMode mode) => s_swaps.Add(1, s_modes[(int)mode]);

    /// <summary>A player was moved.</summary>
    public static void AddMove(ServingMode to) => s_moves.Add(1, s_modes[(int)to]);

    /// <summary>Rounding has lost changes of weights.</summary>
    public static void AddLost(long elements) => s_lost.Add(elements);

    /// <summary>Sessions, and memory, came or went.</summary>
    public static void AddMemory(ServingMode mode, long bytes, int sessions = 0)
    {
        s_memory.Add(bytes, s_modes[(int)mode]);
        if (sessions != 0)
            s_merged.Add(sessions);
    }
}
