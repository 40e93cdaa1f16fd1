using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>ReverseSequence: turns round the first steps of every sequence of a batch, as many as the sequence is long.</summary>
internal static class SequenceReversal
{
    public static void Register(OperatorTable table) => table.Add("ReverseSequence", since: 10, ReverseSequence);

    private static Operation ReverseSequence(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long batchAxis = node.Node.GetInt("batch_axis", 1), timeAxis = node.Node.GetInt("time_axis", 0);
        node.Require(shape.Length >= 2 && (batchAxis, timeAxis) is (0, 1) or (1, 0), "batch_axis and time_axis must be 0 and 1, or 1 and 0");
        node.Require(node.Type(1) == ScalarType.Int64 && node.Shape(1).SequenceEqual([shape[batchAxis]]), "sequence_lens must hold one int64 per sequence");
        long steps = shape[timeAxis];
        long[] place = [.. shape.Select((size, axis) => axis < 2 ? size : 1)];
        return Binary((x, lengths) =>
        {
            IndexRange.RequireLengths(node, 1, lengths, steps);
            using Tensor line = Counting.Below(steps, ScalarType.Int64, x.device), step = line.unsqueeze((int)batchAxis), length = lengths.unsqueeze((int)timeAxis);
            using Tensor last = length.sub(Number.One), mirrored = last.sub(step), within = step.lt(length);
            using Tensor source = where(within, mirrored, step), placed = source.reshape(place), everywhere = placed.expand(shape);
            return x.gather(timeAxis, everywhere);
        });
    }
}
