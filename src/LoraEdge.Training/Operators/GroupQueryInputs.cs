using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Queries, keys and values of <see cref="GroupQueryAttention"/>, apart or behind each other in the columns of one input.</summary>
/// <param name="Query">The queries.</param>
/// <param name="Key">The keys, and the values.</param>
/// <param name="IsPacked">Whether they come in one input.</param>
internal sealed record GroupQueryInputs(HeadShape Query, HeadShape Key, bool IsPacked)
{
    /// <summary>Recognises the form and checks it.</summary>
    public static GroupQueryInputs Of(NodeContext node)
    {
        long heads = node.Node.GetInt("num_heads", 0), keyHeads = node.Node.GetInt("kv_num_heads", 0);
        node.Require(heads is > 0 and < 1 << 20 && keyHeads > 0 && heads % keyHeads == 0, $"{heads} query heads cannot be grouped on {keyHeads} key heads");
        node.Require(node.Rank(0) == 3, "the query must be (batch, length, columns)");
        if (node.Has(1))
        {
            HeadShape key = HeadShape.Of(node, 1, keyHeads), query = HeadShape.Of(node, 0, heads);
            node.Require(node.Rank(1) == 3 && node.Rank(2) == 3, "key and value must be (batch, length, columns)");
            KeyValueShapes.Require(node, query, key, HeadShape.Of(node, 2, keyHeads));
            node.Require(node.Shape(2).SequenceEqual(node.Shape(1)) && key.Length == query.Length, "key and value must have one shape, and the length of the query");
            return new GroupQueryInputs(query, key, false);
        }

        node.Require(!node.Has(2), "key and value must be given together");
        HeadShape all = HeadShape.Of(node, 0, heads + 2 * keyHeads);
        return new GroupQueryInputs(all with { Heads = heads }, all with { Heads = keyHeads }, true);
    }

    /// <summary>Queries, keys and values as (batch, heads, length, size).</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Take(Tensor?[] inputs)
    {
        if (!IsPacked)
            return (Query.View(inputs[0]!), Key.View(inputs[1]!), Key.View(inputs[2]!));
        using Tensor all = (Query with { Heads = Query.Heads + 2 * Key.Heads }).View(inputs[0]!);
        return (all.narrow(1, 0, Query.Heads), all.narrow(1, Query.Heads, Key.Heads), all.narrow(1, Query.Heads + Key.Heads, Key.Heads));
    }
}
