using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// GridSample with cubic interpolation, which TorchSharp lacks: the 16 elements around each place, weighted by Keys' cubic.
/// Elements outside the image are zeros, or stand for others, one by one.
/// </summary>
/// <param name="shape">Shape of the images, <c>(N, C, H, W)</c>.</param>
/// <param name="padding">zeros, border or reflection.</param>
/// <param name="alignsCorners">Whether -1 and 1 are the centres of the outermost elements and not the image's edges.</param>
internal sealed class BicubicSampling(long[] shape, string padding, bool alignsCorners)
{
    private const double A = -0.75;
    private const int Width = 4;

    /// <summary>Further away everything is outside, and numbers that are no indices any more would end in libtorch.</summary>
    private const double Far = 1e6;

    /// <summary>The operation.</summary>
    /// <param name="images">Shape <c>(N, C, H, W)</c>.</param>
    /// <param name="grid">Places as (x, y) from -1 to 1, shape <c>(N, rows, columns, 2)</c>.</param>
    /// <returns>Shape <c>(N, C, rows, columns)</c>.</returns>
    public Tensor Run(Tensor images, Tensor grid)
    {
        long[] sampled = [shape[0], shape[1], grid.shape[1], grid.shape[2]];
        long places = sampled[2] * sampled[3];
        using Tensor pixels = images.reshape(shape[0], shape[1], shape[2] * shape[3]), wide = HalfPrecision.Widen(grid);
        (Tensor Index, Tensor Weight)[] columns = Neighbours(wide, 0, shape[3]), rows = Neighbours(wide, 1, shape[2]);
        using Tensor sum = zeros(sampled, wide.dtype, images.device);
        foreach ((Tensor row, Tensor rowWeight) in rows)
        {
            foreach ((Tensor column, Tensor columnWeight) in columns)
            {
                using Tensor above = row.mul(Number.Of(shape[3])), place = above.add(column, Number.One);
                using Tensor flat = place.reshape(shape[0], 1, places), every = flat.expand(shape[0], shape[1], places);
                using Tensor picked = pixels.gather(2, every), values = picked.reshape(sampled), weight = rowWeight.mul(columnWeight);
                using Tensor share = values.mul(weight);
                sum.add_(share, Number.One);
            }
        }

        foreach ((Tensor index, Tensor weight) in columns.Concat(rows))
        {
            index.Dispose();
            weight.Dispose();
        }

        return sum.to(images.dtype);
    }

    /// <summary>The four neighbours of every place on one axis: which element each is, and its weight; shapes <c>(N, 1, rows, columns)</c>.</summary>
    private (Tensor Index, Tensor Weight)[] Neighbours(Tensor grid, long component, long size)
    {
        using Tensor relative = grid.select(-1, component), channel = relative.unsqueeze(1);
        using Tensor finite = channel.nan_to_num(0), bounded = finite.clamp(Number.Of(-Far), Number.Of(Far));
        using Tensor scaled = bounded.mul(Number.Of((alignsCorners ? size - 1 : size) / 2.0));
        using Tensor place = scaled.add(Number.Of((size - 1) / 2.0), Number.One), floor = place.floor(), below = floor.detach(), fraction = place.sub(below);
        return [.. Enumerable.Range(-1, Width).Select(offset =>
        {
            using Tensor distance = fraction.sub(Number.Of(offset)), weight = Cubic(distance), at = below.add(Number.Of(offset), Number.One), inside = Inside(at, size);
            using Tensor low = inside.ge(Number.Of(0)), high = inside.lt(Number.Of(size));
            using Tensor hit = low.logical_and(high), share = hit.to(weight.dtype), kept = inside.clamp(Number.Of(0), Number.Of(size - 1));
            return (kept.to(ScalarType.Int64), weight.mul(share));
        })];
    }

    /// <summary>The element that stands for one outside.</summary>
    private Tensor Inside(Tensor at, long size)
    {
        if (padding == "zeros")
            return at.alias();
        if (padding == "border" || size == 1)
            return at.clamp(Number.Of(0), Number.Of(size - 1));
        // There and back: between the centres of the outermost elements, or between the image's edges, which repeats those elements.
        double start = alignsCorners ? 0 : -0.5, span = alignsCorners ? size - 1 : size;
        using Tensor moved = at.sub(Number.Of(start)), within = moved.remainder(Number.Of(2 * span));
        using Tensor centered = within.sub(Number.Of(span)), distance = centered.abs(), back = distance.neg();
        using Tensor mirrored = back.add(Number.Of(span + start), Number.One);
        return mirrored.clamp(Number.Of(0), Number.Of(size - 1));
    }

    private static Tensor Cubic(Tensor distance)
    {
        using Tensor t = distance.abs(), near = t.le(Number.One);
        // ((a + 2) t - (a + 3)) t^2 + 1 up to 1, and ((a t - 5 a) t + 8 a) t - 4 a up to 2.
        using Tensor n1 = t.mul(Number.Of(A + 2)), n2 = n1.sub(Number.Of(A + 3)), n3 = n2.mul(t), n4 = n3.mul(t), inner = n4.add(Number.One, Number.One);
        using Tensor f1 = t.mul(Number.Of(A)), f2 = f1.sub(Number.Of(5 * A)), f3 = f2.mul(t);
        using Tensor f4 = f3.add(Number.Of(8 * A), Number.One), f5 = f4.mul(t), outer = f5.sub(Number.Of(4 * A));
        return where(near, inner, outer);
    }
}
