using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LoraEdge;

/// <summary>What happened to a log and was not taken yet.</summary>
internal sealed class LogReports
{
    // A host that never asks must not collect them for ever.
    private const int Most = 256;

    private readonly ConcurrentQueue<LogReport> _reports = new();
    private bool _fails;

    public void Add(LogReport report)
    {
        if (_reports.Count < Most)
            _reports.Enqueue(report);
    }

    /// <summary>Of failures in a row only the first is told.</summary>
    public void AddFailure(LogReport report)
    {
        if (!_fails)
            Add(report);
        _fails = true;
    }

    public void Recovered() => _fails = false;

    public bool TryTake([NotNullWhen(true)] out LogReport? report) => _reports.TryDequeue(out report);
}
