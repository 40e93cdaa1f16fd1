using System.Diagnostics;

namespace LoraEdge.Inference;

/// <summary>A use of a session for one run, whose duration is measured where somebody listens.</summary>
/// <param name="use">The use, ended with this.</param>
internal readonly struct TimedUse(ServingUse use) : IDisposable
{
    private readonly long _begun = ServingMetrics.IsHeard ? Stopwatch.GetTimestamp() : 0;

    /// <summary>The use.</summary>
    public ServingUse Use => use;

    /// <summary>The run has ended.</summary>
    public void Dispose()
    {
        if (_begun != 0)
            ServingMetrics.AddRun(use.Session.Mode, _begun);
        use.Dispose();
    }
}
