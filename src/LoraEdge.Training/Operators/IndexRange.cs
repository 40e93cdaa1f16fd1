using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Checks numbers that point into a tensor before libtorch sees them: it ends in an error of its own far from the node, and
/// not every kernel looks.
/// </summary>
internal static class IndexRange
{
    /// <summary>Checks the element type of indices.</summary>
    public static void RequireIndices(NodeContext node, int input) =>
        node.Require(node.Type(input) is ScalarType.Int64 or ScalarType.Int32, "indices must be int64 or int32");

    /// <summary>Indices as int64, negative ones counted from the end of their axis.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Which of its inputs they come from.</param>
    /// <param name="indices">The indices, borrowed.</param>
    /// <param name="size">Size of the axis.</param>
    /// <exception cref="ModelFormatException">An index that the model holds is outside its axis.</exception>
    /// <exception cref="InvalidInputException">An index that comes from the model's inputs is.</exception>
    public static Tensor Counted(NodeContext node, int input, Tensor indices, long size)
    {
        using Tensor wide = indices.to(ScalarType.Int64);
        (long low, long high) = Bounds(wide);
        if (low < -size || high >= size)
            throw Outside(node, input, $"index {(high >= size ? high : low)} is outside an axis of {size}");
        return low < 0 ? wide.remainder(Number.Of(size)) : wide.alias();
    }

    /// <summary>Checks lengths: numbers from 0 to the size of an axis.</summary>
    /// <exception cref="ModelFormatException">A length that the model holds is outside.</exception>
    /// <exception cref="InvalidInputException">A length that comes from the model's inputs is.</exception>
    public static void RequireLengths(NodeContext node, int input, Tensor lengths, long size)
    {
        (long low, long high) = Bounds(lengths);
        if (low < 0 || high > size)
            throw Outside(node, input, $"the length {(high > size ? high : low)} does not fit an axis of {size}");
    }

    /// <summary>Checks positions in a table that come from the model's inputs; negative ones do not count from the end.</summary>
    /// <exception cref="InvalidInputException">A position is outside.</exception>
    public static void RequirePositions(NodeContext node, Tensor positions, long size)
    {
        (long low, long high) = Bounds(positions);
        if (low < 0 || high >= size)
            throw new InvalidInputException($"Node '{node.Node.DisplayName}' ({node.Node.OpType}): index {(high >= size ? high : low)} is outside an axis of {size}; give inputs within the axis they index.");
    }

    private static (long Low, long High) Bounds(Tensor numbers)
    {
        if (numbers.numel() == 0)
            return (0, -1);
        using Tensor lowest = numbers.min(), highest = numbers.max();
        return (lowest.item<long>(), highest.item<long>());
    }

    private static LoraEdgeException Outside(NodeContext node, int input, string what) => node.Constant(input) is not null
        ? node.Fail(what)
        : new InvalidInputException($"Node '{node.Node.DisplayName}' ({node.Node.OpType}): {what}; give inputs within the axis they index.");
}
