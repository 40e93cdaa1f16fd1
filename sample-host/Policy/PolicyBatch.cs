using LoraEdge;
using Rival.Chess;

namespace Rival.Policy;

/// <summary>Positions that go through the policy network together. Reused from batch to batch; not for several threads.</summary>
/// <param name="capacity">The most positions it holds.</param>
public sealed class PolicyBatch(int capacity)
{
    private const int InputSize = 64 * BoardPlanes.Count;

    private readonly byte[] _squares = new byte[capacity * InputSize];
    private readonly float[] _logits = new float[capacity * MoveClass.Count];

    /// <summary>Positions added since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further position has room.</summary>
    public bool IsFull => Count == capacity;

    /// <summary>Adds a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="history">The moves that led to it, latest last.</param>
    /// <param name="legal">Its legal moves.</param>
    public void Add(in Position position, ReadOnlySpan<Move> history, ReadOnlySpan<Move> legal)
    {
        Span<ulong> planes = stackalloc ulong[BoardPlanes.Count];
        BoardPlanes.Compute(position, history, legal, planes);
        BoardPlanes.Expand(planes, _squares.AsSpan(Count * InputSize, InputSize));
        Count++;
    }

    /// <summary>Runs the network on the positions added.</summary>
    /// <param name="infer">The network.</param>
    public void Run(PolicyInference infer)
    {
        // A tensor owns exactly its bytes, so a batch that is not full needs an array of its own.
        byte[] squares = IsFull ? _squares : _squares[..(Count * InputSize)];
        var inputs = new Dictionary<string, HostTensor>(1)
        {
            [PolicyRecord.Input] = new(TensorElementType.UInt8, [Count, 64, BoardPlanes.Count], squares),
        };
        infer(inputs, PolicyRecord.Output, _logits);
    }

    /// <summary>The scores of all move classes of one position, after <see cref="Run"/> and until the next.</summary>
    /// <param name="index">Which position, in the order in which they were added.</param>
    public ReadOnlySpan<float> Logits(int index) => _logits.AsSpan(index * MoveClass.Count, MoveClass.Count);

    /// <summary>Takes all positions out.</summary>
    public void Clear() => Count = 0;
}
