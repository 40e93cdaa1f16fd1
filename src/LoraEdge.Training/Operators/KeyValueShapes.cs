using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>How queries, keys, values and the keys and values of earlier positions must fit together.</summary>
internal static class KeyValueShapes
{
    /// <summary>Checks keys and values against the queries.</summary>
    public static void Require(NodeContext node, HeadShape query, HeadShape key, HeadShape value)
    {
        node.Require(key.Batch == query.Batch && value.Batch == query.Batch, "queries, keys and values differ in their batch");
        node.Require(key.Size == query.Size, "heads of keys and queries differ in size");
        node.Require(key.Length == value.Length, "there must be as many values as keys");
        bool areGroups = key.Heads == value.Heads && key.Heads > 0 && query.Heads % key.Heads == 0;
        node.Require(areGroups, $"{query.Heads} query heads cannot be grouped on {key.Heads} key heads and {value.Heads} value heads");
    }

    /// <summary>Checks the keys and values of earlier positions, (batch, heads, past, size).</summary>
    /// <returns>The number of earlier positions; 0 where there are none.</returns>
    public static long PastLength(NodeContext node, int pastKey, int pastValue, HeadShape key, HeadShape value)
    {
        node.Require(node.Has(pastKey) == node.Has(pastValue), "past keys and past values must be given together");
        if (!node.Has(pastKey))
            return 0;
        long past = LengthOf(node, pastKey, key);
        node.Require(LengthOf(node, pastValue, value) == past, "there must be as many past values as past keys");
        return past;
    }

    /// <summary>Earlier positions, then the present ones; a new handle.</summary>
    public static Tensor Append(Tensor? past, Tensor present) => past is null ? present.alias() : cat([past, present], 2);

    private static long LengthOf(NodeContext node, int index, HeadShape present)
    {
        long[] shape = node.Shape(index);
        node.RequireSameType(0, index);
        bool fits = shape.Length == 4 && shape[0] == present.Batch && shape[1] == present.Heads && shape[3] == present.Size;
        node.Require(fits, $"input {index} must have the shape [{present.Batch},{present.Heads},past,{present.Size}]");
        return shape[2];
    }
}
