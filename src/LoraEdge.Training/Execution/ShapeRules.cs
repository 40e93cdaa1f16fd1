namespace LoraEdge.Training.Execution;

/// <summary>What operators ask of shapes, before anything of such a shape is made.</summary>
internal static class ShapeRules
{
    /// <summary>Checks a result's shape before anything of that size is made.</summary>
    /// <returns>The shape, as an array.</returns>
    public static long[] RequireSize(this NodeContext node, IEnumerable<long> shape)
    {
        long[] sizes = [.. shape];
        double count = sizes.Aggregate(1.0, (product, size) => product * Math.Max(size, 1));
        node.Require(sizes.Length <= NodeContext.MaxRank, $"the result would have {sizes.Length} axes, and no more than {NodeContext.MaxRank} are computed");
        node.Require(sizes.All(size => size is >= 0 and <= NodeContext.MaxElements) && count <= NodeContext.MaxElements, $"the result would have the shape [{string.Join(",", sizes)}], and no more than {NodeContext.MaxElements} elements are computed");
        node.Require(node.Memory is null || count * sizeof(float) <= node.Memory.Left, $"the result would have the shape [{string.Join(",", sizes)}]: {node.Memory?.Exceeded}");
        return sizes;
    }

    /// <summary>Checks that two inputs can be broadcast together (NumPy's rules), and that the result is not too large.</summary>
    /// <returns>Shape of the result.</returns>
    public static long[] RequireBroadcast(this NodeContext node, int left = 0, int right = 1) => node.RequireBroadcastOf([node.Shape(left), node.Shape(right)]);

    /// <summary>Checks that shapes can be broadcast together (NumPy's rules), and that the result is not too large.</summary>
    /// <returns>Shape of the result.</returns>
    public static long[] RequireBroadcastOf(this NodeContext node, IEnumerable<long[]> shapes)
    {
        long[] result = [];
        foreach (long[] shape in shapes)
        {
            long[] wider = shape.Length > result.Length ? [.. Enumerable.Repeat(1L, shape.Length - result.Length), .. result] : result;
            for (int back = 1; back <= shape.Length; back++)
            {
                (long have, long size) = (wider[^back], shape[^back]);
                node.Require(have == size || have == 1 || size == 1, "the shapes cannot be broadcast together");
                wider[^back] = have == 1 ? size : have;
            }

            result = wider;
        }

        return node.RequireSize(result);
    }

    /// <summary>Checks that an input can be broadcast to a shape (NumPy's rules) without widening it.</summary>
    public static void RequireBroadcastTo(this NodeContext node, int index, long[] shape)
    {
        long[] from = node.Shape(index);
        bool fits = from.Length <= shape.Length;
        for (int back = 1; fits && back <= from.Length; back++)
            fits = from[^back] == 1 || from[^back] == shape[^back];
        node.Require(fits, $"input {index} cannot be broadcast to [{string.Join(",", shape)}]");
    }
}
