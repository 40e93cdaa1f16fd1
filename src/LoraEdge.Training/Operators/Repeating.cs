using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that repeat a tensor along its axes.</summary>
internal static class Repeating
{
    public static void Register(OperatorTable table)
    {
        table.Add("Expand", since: 8, Expand);
        table.Add("Tile", since: 6, Tile);
    }

    private static Operation Expand(NodeContext node)
    {
        long[] from = node.Shape(0), asked = node.Integers(1);
        int rank = Math.Max(from.Length, asked.Length);
        var to = new long[rank];
        for (int back = 1; back <= rank; back++)
        {
            long have = back <= from.Length ? from[^back] : 1, want = back <= asked.Length ? asked[^back] : 1;
            node.Require(want >= 0 && (have == want || have == 1 || want == 1), "the shapes cannot be broadcast together");
            to[rank - back] = want == 1 ? have : want;
        }

        node.RequireSize(to);
        return Unary(x => x.expand(to));
    }

    private static Operation Tile(NodeContext node)
    {
        long[] shape = node.Shape(0), repeats = node.Integers(1);
        node.Require(repeats.Length == shape.Length && repeats.All(times => times is >= 0 and <= NodeContext.MaxElements), "repeats must be one number of at least 0 per axis");
        long[] sizes = node.RequireSize(shape.Zip(repeats, (size, times) => size * times));
        return sizes.SequenceEqual(shape) ? Unary(x => x.alias()) : Unary(x => x.repeat(repeats));
    }
}
