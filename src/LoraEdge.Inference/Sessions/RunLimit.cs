using System.Diagnostics;
using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// Ends a run: one of a model with loops, which may never end by itself because the number of rounds is a value of the model's
/// or the caller's, and one that the caller gives up. Other models take as long as their sizes say. Serves one run after another
/// without garbage.
/// </summary>
internal sealed class RunLimit : IDisposable
{
    private static readonly TimeSpan s_never = Timeout.InfiniteTimeSpan;

    private readonly TimeSpan? _longest;
    private readonly Timer? _timer;
    private long? _begun;

    /// <summary>Prepares.</summary>
    /// <param name="longest">How long a run may take; null for as long as it takes.</param>
    public RunLimit(TimeSpan? longest)
    {
        _longest = longest;
        if (longest is not null)
            _timer = new Timer(_ => Expire(), null, s_never, s_never);
    }

    /// <summary>The options to run with.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>Whether a graph has loops.</summary>
    public static bool Concerns(OnnxGraph graph) => graph.Nodes.Any(node => node is { OpType: "Loop", Domain: "" } || node.Subgraphs.Any(Concerns));

    /// <summary>Begins to count for a run.</summary>
    public void Begin()
    {
        lock (Options)
        {
            Options.Terminate = false;
            _begun = Stopwatch.GetTimestamp();
            if (_longest is { } longest)
                _timer!.Change(longest, s_never);
        }
    }

    /// <summary>The run has ended.</summary>
    public void End()
    {
        lock (Options)
        {
            _begun = null;
            _timer?.Change(s_never, s_never);
        }
    }

    /// <summary>Ends the run in progress, between two of its nodes.</summary>
    public void Terminate()
    {
        lock (Options)
        {
            if (!Options.IsClosed)
                Options.Terminate = true;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (Options)
        {
            _begun = null;
            _timer?.Dispose();
            Options.Dispose();
        }
    }

    // The timer may be late, so that it belongs to a run before, or early.
    private void Expire()
    {
        lock (Options)
        {
            if (_begun is not { } begun)
                return;
            TimeSpan left = _longest!.Value - TimeSpan.FromSeconds((Stopwatch.GetTimestamp() - begun) / (double)Stopwatch.Frequency);
            if (left > TimeSpan.Zero)
                _timer!.Change(left + TimeSpan.FromMilliseconds(1), s_never);
            else
                Options.Terminate = true;
        }
    }
}
