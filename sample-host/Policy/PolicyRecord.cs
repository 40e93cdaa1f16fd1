using LoraEdge;
using Rival.Chess;

namespace Rival.Policy;

/// <summary>Turns a decision in a game into what the policy network is asked and taught.</summary>
public static class PolicyRecord
{
    /// <summary>Name of the network's input, uint8, shape <c>(N, 64, <see cref="BoardPlanes.Count"/>)</c>.</summary>
    public const string Input = "board";

    /// <summary>Name of the network's output, scores of moves, shape <c>(N, <see cref="MoveClass.Count"/>)</c>.</summary>
    public const string Output = "logits";

    /// <summary>What adapters of the network minimise: the surprise at the move that was played, among the legal ones.</summary>
    public static Objective Objective { get; } = new() { ValueName = Output };

    /// <summary>The record of one move.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="history">The moves that led to it, latest last.</param>
    /// <param name="played">The move.</param>
    public static Interaction Create(in Position position, ReadOnlySpan<Move> history, Move played)
    {
        Span<Move> buffer = stackalloc Move[MoveGenerator.MaxMoves];
        ReadOnlySpan<Move> legal = buffer[..MoveGenerator.LegalMoves(position, buffer)];
        Target target = Target.Class(MoveClass.Of(played, position.SideToMove), MoveClass.Of(legal, position.SideToMove));
        return new Interaction(Inputs(position, history, legal), target);
    }

    /// <summary>The network's inputs for one position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="history">The moves that led to it, latest last.</param>
    /// <param name="legal">The legal moves.</param>
    public static IReadOnlyDictionary<string, HostTensor> Inputs(in Position position, ReadOnlySpan<Move> history, ReadOnlySpan<Move> legal)
    {
        Span<ulong> planes = stackalloc ulong[BoardPlanes.Count];
        BoardPlanes.Compute(position, history, legal, planes);
        var squares = new byte[64 * BoardPlanes.Count];
        BoardPlanes.Expand(planes, squares);
        return new Dictionary<string, HostTensor>(1)
        {
            [Input] = new(TensorElementType.UInt8, [1, 64, BoardPlanes.Count], squares),
        };
    }
}
