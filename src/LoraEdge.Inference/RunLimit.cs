using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// Ends a run of a model with loops, which may never end by itself: the number of rounds is a value of the model's or the
/// caller's. Other models take as long as their sizes say, and are not limited.
/// </summary>
internal sealed class RunLimit : IDisposable
{
    private readonly Timer _timer;

    /// <summary>Begins to count.</summary>
    /// <param name="longest">How long the run may take.</param>
    public RunLimit(TimeSpan longest) => _timer = new Timer(_ => End(), null, longest, Timeout.InfiniteTimeSpan);

    /// <summary>The options to run with.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>Whether a graph has loops.</summary>
    public static bool Concerns(OnnxGraph graph) => graph.Nodes.Any(node => node is { OpType: "Loop", Domain: "" } || node.Subgraphs.Any(Concerns));

    /// <inheritdoc />
    public void Dispose()
    {
        lock (Options)
        {
            _timer.Dispose();
            Options.Dispose();
        }
    }

    // The timer may be late, and the options gone.
    private void End()
    {
        lock (Options)
        {
            if (!Options.IsClosed)
                Options.Terminate = true;
        }
    }
}
