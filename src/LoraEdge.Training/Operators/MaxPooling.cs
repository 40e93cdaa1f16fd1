using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MaxPool, and the position of every maximum in the whole tensor where that is asked for.</summary>
/// <param name="Window">The windows.</param>
/// <param name="WantsIndices">Whether the second output is read.</param>
/// <param name="ColumnsFirst">Whether positions count the first spatial axis fastest (<c>storage_order</c> 1).</param>
internal sealed record MaxPooling(SlidingWindow Window, bool WantsIndices, bool ColumnsFirst)
{
    /// <summary>The operation.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        bool isSmall = !is_floating_point(x.dtype);
        // libtorch pools floats; int8 and uint8 are exact there.
        using Tensor floats = isSmall ? x.to(ScalarType.Float32) : x.alias();
        double lowest = x.dtype switch { ScalarType.Byte => 0, ScalarType.Int8 => sbyte.MinValue, _ => double.NegativeInfinity };
        using Tensor padded = Window.PoolsUnpadded ? floats.alias() : Borders.Add(floats, Window.Begins, Window.Reach, lowest);
        long[] padding = Window.PoolsUnpadded ? Window.Begins : new long[Window.Begins.Length];
        if (!WantsIndices)
            return [Restore(Pool(padded, padding), x.dtype)];
        (Tensor values, Tensor places) = PoolWithPlaces(padded, padding);
        using (places)
            return [Restore(values, x.dtype), Indices(places, x.shape)];
    }

    private static Tensor Restore(Tensor values, ScalarType type)
    {
        using (values)
            return values.to(type);
    }

    /// <summary>From places within the padded channel to places within the tensor.</summary>
    private Tensor Indices(Tensor places, long[] shape)
    {
        long[] padded = [.. Window.Sizes.Select((size, axis) => Window.PoolsUnpadded ? size : size + Window.Begins[axis] + Window.Reach[axis])];
        long channel = Window.Sizes.Aggregate(1L, (product, size) => product * size);
        using Tensor starts = Counting.Below(shape[0] * shape[1], ScalarType.Int64, places.device), wide = starts.mul(Number.Of(channel));
        Tensor indices = wide.reshape([shape[0], shape[1], .. Window.Sizes.Select(_ => 1L)]);
        long inner = 1;
        for (int axis = Window.Sizes.Length - 1; axis >= 0; axis--)
        {
            long step = (ColumnsFirst ? Window.Sizes.Take(axis) : Window.Sizes.Skip(axis + 1)).Aggregate(1L, (product, size) => product * size);
            using Tensor outer = places.div(Number.Of(inner), RoundingMode.trunc), position = outer.remainder(Number.Of(padded[axis]));
            using Tensor inside = position.sub(Number.Of(Window.PoolsUnpadded ? 0 : Window.Begins[axis])), share = inside.mul(Number.Of(step)), previous = indices;
            indices = previous.add(share, Number.One);
            inner *= padded[axis];
        }

        return indices;
    }

    private Tensor Pool(Tensor x, long[] padding) => Window.Kernel.Length switch
    {
        1 => nn.functional.max_pool1d(x, Window.Kernel[0], Window.Strides[0], padding[0], Window.Dilations[0]),
        2 => nn.functional.max_pool2d(x, Window.Kernel, Window.Strides, padding, Window.Dilations),
        _ => nn.functional.max_pool3d(x, Window.Kernel, Window.Strides, padding, Window.Dilations),
    };

    private (Tensor Values, Tensor Places) PoolWithPlaces(Tensor x, long[] padding) => Window.Kernel.Length switch
    {
        1 => nn.functional.max_pool1d_with_indices(x, Window.Kernel[0], Window.Strides[0], padding[0], Window.Dilations[0]),
        2 => nn.functional.max_pool2d_with_indices(x, Window.Kernel, Window.Strides, padding, Window.Dilations),
        _ => nn.functional.max_pool3d_with_indices(x, Window.Kernel, Window.Strides, padding, Window.Dilations),
    };
}
