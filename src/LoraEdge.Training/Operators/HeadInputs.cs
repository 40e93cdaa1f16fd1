using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The inputs of <see cref="MultiHeadAttention"/> as heads, in all the forms in which they may be packed.</summary>
/// <param name="Query">The queries.</param>
/// <param name="Key">The keys.</param>
/// <param name="Value">The values.</param>
/// <param name="QueryPacks">Whether the first input holds keys and values too, (batch, length, heads, 3, size).</param>
/// <param name="KeyPacks">Whether the second input holds values too, (batch, length, heads, 2, size).</param>
internal sealed record HeadInputs(HeadShape Query, HeadShape Key, HeadShape Value, bool QueryPacks, bool KeyPacks)
{
    private const int Bias = 3;

    /// <summary>Recognises the form, and checks it and the bias.</summary>
    public static HeadInputs Of(NodeContext node, long heads)
    {
        node.Require(heads > 0, "num_heads must be above 0");
        node.RequireFloats(0);
        HeadInputs inputs = node.Rank(0) == 5 ? OfPackedQuery(node, heads)
            : node.Has(1) && node.Rank(1) == 5 ? OfPackedKey(node, heads)
            : new HeadInputs(Flat(node, heads), HeadShape.Of(node, 1, heads), HeadShape.Of(node, 2, heads), false, false);
        KeyValueShapes.Require(node, inputs.Query, inputs.Key, inputs.Value);
        if (node.Has(Bias))
            node.RequireVector(Bias, heads * (2 * inputs.Query.Size + inputs.Value.Size), like: 0);
        return inputs;
    }

    /// <summary>Queries, keys and values as (batch, heads, length, size), with the bias.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Take(Tensor?[] inputs)
    {
        Tensor query = inputs[0]!;
        Tensor key = QueryPacks ? query : inputs[1]!, value = QueryPacks ? query : KeyPacks ? key : inputs[2]!;
        Tensor? bias = inputs.ElementAtOrDefault(Bias);
        long width = Query.Heads * Query.Size;
        return (Part(query, Query, 0, bias, 0), Part(key, Key, QueryPacks ? 1 : 0, bias, width), Part(value, Value, QueryPacks ? 2 : 1, bias, 2 * width));
    }

    private static HeadInputs OfPackedQuery(NodeContext node, long heads)
    {
        node.Require(!node.Has(1) && !node.Has(2), "packed queries, keys and values leave no room for others");
        HeadShape shape = Packed(node, 0, heads, parts: 3);
        return new HeadInputs(shape, shape, shape, true, false);
    }

    private static HeadInputs OfPackedKey(NodeContext node, long heads)
    {
        node.Require(!node.Has(2), "packed keys and values leave no room for others");
        HeadShape shape = Packed(node, 1, heads, parts: 2);
        return new HeadInputs(Flat(node, heads), shape, shape, false, true);
    }

    private static HeadShape Flat(NodeContext node, long heads)
    {
        node.Require(node.Rank(0) == 3, "queries must be (batch, length, heads * size)");
        return HeadShape.Of(node, 0, heads);
    }

    private static HeadShape Packed(NodeContext node, int index, long heads, long parts)
    {
        long[] shape = node.Shape(index);
        node.RequireSameType(0, index);
        node.Require(shape[2] == heads && shape[3] == parts && shape[4] > 0, $"input {index} must have the shape [batch,length,{heads},{parts},size]");
        return new HeadShape(shape[0], heads, shape[1], shape[4]);
    }

    private static Tensor Part(Tensor x, HeadShape shape, long part, Tensor? bias, long offset)
    {
        // Keys and values that are heads already were projected elsewhere, bias included.
        if (x.dim() == 4)
            return x.alias();
        using Tensor apart = x.dim() == 5 ? x.select(3, part) : x.reshape(shape.Batch, shape.Length, shape.Heads, shape.Size);
        if (bias is null)
            return apart.transpose(1, 2);
        using Tensor own = bias.narrow(0, offset, shape.Heads * shape.Size), grid = own.reshape(shape.Heads, shape.Size), sum = apart.add(grid, Number.One);
        return sum.transpose(1, 2);
    }
}
