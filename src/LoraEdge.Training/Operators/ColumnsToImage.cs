using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Col2Im: blocks <c>(N, C * block, windows)</c> added up where they overlap, to images <c>(N, C, spatial...)</c> of any rank.</summary>
internal static class ColumnsToImage
{
    public static void Register(OperatorTable table) => table.Add("Col2Im", since: 18, Build);

    private static Operation Build(NodeContext node)
    {
        long[] x = node.Shape(0), image = node.Integers(1), block = node.Integers(2);
        node.RequireFloats(0);
        node.Require(x.Length == 3, "the input must have the axes N, C * block and windows");
        node.Require(image.Length >= 1 && block.Length == image.Length, "image_shape and block_shape must have one entry for each spatial axis");
        long[] strides = Numbers(node, "strides", image.Length, 1), dilations = Numbers(node, "dilations", image.Length, 1), pads = Numbers(node, "pads", 2 * image.Length, 0);
        node.Require(image.Concat(block).Concat(strides).Concat(dilations).All(number => number is >= 1 and <= int.MaxValue) && pads.All(number => number is >= 0 and <= int.MaxValue), "a number is out of range");
        long[] begins = [.. pads.Take(image.Length)], ends = [.. pads.Skip(image.Length)];
        long[] padded = node.RequireSize(image.Select((size, axis) => size + begins[axis] + ends[axis]));
        long[] counts = [.. padded.Select((size, axis) => (size - (block[axis] - 1) * dilations[axis] - 1) / strides[axis] + 1)];
        bool fits = padded.Select((size, axis) => size > (block[axis] - 1) * dilations[axis]).All(inside => inside);
        node.Require(fits && Volume(counts) == x[2], $"{x[2]} windows do not fit an image of [{string.Join(",", image)}]");
        long volume = (long)Volume(block), channels = x[1] / Math.Max(1, volume);
        node.Require(Volume(block) <= x[1] && channels * volume == x[1], $"{x[1]} rows do not divide into blocks of [{string.Join(",", block)}]");
        long size = (long)Volume(padded);
        node.RequireSize([x[0], channels, size]);
        node.RequireSize([volume, x[2]]);
        long[] places = Places(padded, [(block, dilations), (counts, strides)]);
        return Unary(columns =>
        {
            using Tensor rows = columns.reshape(x[0] * channels, volume * x[2]), empty = zeros([x[0] * channels, size], columns.dtype, columns.device);
            using Tensor targets = tensor(places, device: columns.device);
            using Tensor sums = empty.index_add(1, targets, rows, Number.One), shaped = sums.reshape([x[0], channels, .. padded]);
            return Borders.Crop(shaped, begins, ends);
        });
    }

    /// <summary>The place in the padded image of every position of a block in every window, row-major.</summary>
    private static long[] Places(long[] padded, (long[] Counts, long[] Steps)[] levels)
    {
        long[] places = [0];
        foreach ((long[] counts, long[] steps) in levels)
        {
            long inner = (long)Volume(padded);
            for (int axis = 0; axis < counts.Length; axis++)
            {
                inner /= padded[axis];
                long step = steps[axis] * inner, count = counts[axis];
                places = [.. places.SelectMany(place => Enumerable.Range(0, (int)count).Select(index => place + index * step))];
            }
        }

        return places;
    }

    private static double Volume(long[] sizes) => sizes.Aggregate(1.0, (product, size) => product * size);

    private static long[] Numbers(NodeContext node, string attribute, int count, long standard)
    {
        long[] values = node.Node.GetInts(attribute) is { } given ? [.. given] : [.. Enumerable.Repeat(standard, count)];
        node.Require(values.Length == count, $"{attribute} has {values.Length} entries, not {count}");
        return values;
    }
}
