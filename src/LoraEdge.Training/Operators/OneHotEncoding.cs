using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>OneHot: one value where the position along a new axis is the index, another one elsewhere. Indices outside are nowhere.</summary>
internal static class OneHotEncoding
{
    public static void Register(OperatorTable table) => table.Add("OneHot", since: 9, OneHot);

    private static Operation OneHot(NodeContext node)
    {
        long[] indices = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), indices.Length + 1);
        long depth = node.Number(1);
        node.Require(depth >= 1, $"the depth is {depth}");
        node.Require(node.Shape(2).SequenceEqual([2]), "values must be the one for elsewhere and the one for the index");
        node.RequireSize([.. indices.Take(axis), depth, .. indices.Skip(axis)]);
        long[] along = [.. Enumerable.Range(0, indices.Length + 1).Select(at => at == axis ? depth : 1)];
        return inputs =>
        {
            using Tensor wide = inputs[0]!.to(ScalarType.Int64), index = wide.unsqueeze(axis), fromEnd = index.add(Number.Of(depth), Number.One);
            using Tensor line = Counting.Below(depth, ScalarType.Int64, wide.device), position = line.reshape(along);
            using Tensor hit = index.eq(position), hitFromEnd = fromEnd.eq(position), mask = hit.logical_or(hitFromEnd);
            using Tensor off = inputs[2]!.select(0, 0), on = inputs[2]!.select(0, 1);
            return [where(mask, on, off)];
        };
    }
}
