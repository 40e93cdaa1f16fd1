using System.Runtime.InteropServices;

namespace LoraEdge.Onnx;

/// <summary>
/// Sizes of the axes behind a value's first, as far as they follow from constants, declared inputs and what operators make of
/// those. A size that is known here is the size at run time; what is not known may be anything.
/// </summary>
internal sealed class TrailingSizes
{
    // No tensor that is read has more axes; a file may declare any number of them.
    private const int MaxRank = 64;

    private static readonly HashSet<string> s_keepers = new(StringComparer.Ordinal)
    {
        "Abs", "BatchNormalization", "Cast", "Celu", "Clip", "Dropout", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax",
        "Mish", "Neg", "Reciprocal", "Relu", "Selu", "Sigmoid", "Softmax", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu",
    };

    private static readonly HashSet<string> s_broadcasting = new(StringComparer.Ordinal) { "Add", "Div", "Max", "Min", "Mul", "Pow", "PRelu", "Sub" };

    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, long[]> _known = new(StringComparer.Ordinal);

    /// <summary>Follows a graph's nodes.</summary>
    public TrailingSizes(OnnxGraph graph)
    {
        _graph = graph;
        foreach (ValueInfo input in graph.Inputs.Where(input => input.Shape is { Count: > 0 and <= MaxRank } shape && shape.Skip(1).All(axis => axis.Size is not null)))
            _known[input.Name] = [.. input.Shape!.Skip(1).Select(axis => axis.Size!.Value)];
        foreach (OnnxNode node in graph.Nodes.Where(node => node is { Domain: "", Inputs.Count: > 0, Outputs.Count: > 0 }))
        {
            if (OfResult(node) is { } sizes)
                _known[node.Outputs[0]] = sizes;
        }
    }

    /// <summary>Whether a Reshape leaves the first axis as it is.</summary>
    public bool KeepFirstAxis(OnnxNode reshape)
    {
        if (Target(reshape) is not { Length: > 0 } shape)
            return false;
        return shape[0] == 0 || (shape[0] == -1 && shape.Skip(1).All(size => size > 0)
            && Of(reshape.Inputs[0]) is { } sizes && Count(sizes) is { } count && count == Count(shape.Skip(1)));
    }

    private long[]? Of(string value) => _known.TryGetValue(value, out long[]? sizes) ? sizes : null;

    private long[]? OfResult(OnnxNode node)
    {
        if (node.OpType == "Reshape")
            return Target(node) is { Length: > 0 } shape && shape.Skip(1).All(size => size > 0) ? [.. shape.Skip(1)] : null;
        if (s_broadcasting.Contains(node.OpType) && node.Inputs.Count == 2)
            return Broadcast(node.Inputs[0], node.Inputs[1]) ?? Broadcast(node.Inputs[1], node.Inputs[0]);
        if (Of(node.Inputs[0]) is not { } x)
            return null;
        if (s_keepers.Contains(node.OpType))
            return x;
        long[]? weight = node.Inputs.Count > 1 ? _graph.ConstantOf(node.Inputs[1])?.Dims : null;
        return node.OpType switch
        {
            "MatMul" when x.Length > 0 && weight?.Length == 2 => [.. x.Take(x.Length - 1), weight[1]],
            "Gemm" when weight?.Length == 2 => [weight[node.GetInt("transB", 0) != 0 ? 0 : 1]],
            _ => null,
        };
    }

    /// <summary>Sizes of a value with as many axes or more, and of another one with as many or a constant with no more.</summary>
    private long[]? Broadcast(string value, string other)
    {
        if (Of(value) is not { } sizes)
            return null;
        long[]? others = _graph.ConstantOf(other)?.Dims ?? (Of(other) is { } known && known.Length == sizes.Length ? known : null);
        if (others is null || others.Length > sizes.Length + 1)
            return null;
        var result = (long[])sizes.Clone();
        for (int i = 1; i <= Math.Min(sizes.Length, others.Length); i++)
        {
            (long one, long two) = (sizes[sizes.Length - i], others[others.Length - i]);
            if (one != two && one != 1 && two != 1)
                return null;
            result[sizes.Length - i] = one == 1 ? two : one;
        }

        return result;
    }

    private long[]? Target(OnnxNode reshape) =>
        reshape.Inputs.Count == 2 && _graph.ConstantOf(reshape.Inputs[1]) is { DataType: OnnxDataType.Int64 } shape ? MemoryMarshal.Cast<byte, long>(shape.Data.Span).ToArray() : null;

    /// <summary>How many elements sizes make; null where they are too many for a tensor of this library.</summary>
    private static long? Count(IEnumerable<long> sizes)
    {
        long count = 1;
        foreach (long size in sizes)
        {
            if (size > int.MaxValue || count > int.MaxValue)
                return null;
            count *= size;
        }

        return count;
    }
}
