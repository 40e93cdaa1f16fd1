using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MaxUnpool: puts maxima back where MaxPool found them, and zeros elsewhere.</summary>
internal static class Unpooling
{
    public static void Register(OperatorTable table) => table.Add("MaxUnpool", since: 9, Build);

    private static Operation Build(NodeContext node)
    {
        node.RequireFloats(0);
        node.Require(node.Type(1) == ScalarType.Int64 && node.Shape(1).SequenceEqual(node.Shape(0)), "the indices must be int64 of the input's shape");
        WindowAttributes attributes = WindowAttributes.Of(node);
        long[] shape = node.Shape(0);
        long[] sizes = [.. attributes.Kernel.Select((size, axis) => (shape[axis + 2] - 1) * attributes.Strides[axis] + size - attributes.Begins[axis] - attributes.Ends[axis])];
        node.Require(sizes.All(size => size >= 1), "nothing would remain of the result");
        long[] result = node.RequireSize([.. shape.Take(2), .. sizes]);
        // The standard's own example counts indices in the shape that follows from the attributes, ONNX Runtime in the given one.
        node.Require(!node.Has(2) || node.Integers(2).SequenceEqual(result), $"an output_shape other than [{string.Join(",", result)}] is not supported: ONNX and ONNX Runtime disagree about what the indices count in then");
        long count = result.Aggregate(1L, (product, size) => product * size);
        return Binary((x, indices) =>
        {
            using Tensor places = indices.reshape(-1), values = x.reshape(-1), empty = zeros([count], x.dtype, x.device);
            IndexRange.RequirePositions(node, places, count);
            using Tensor placed = empty.scatter(0, places, values);
            return placed.reshape(result);
        });
    }
}
