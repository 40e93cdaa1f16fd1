using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>Adds the change of a layer to the tensor that the model stores, whatever its layout.</summary>
internal static class LayerDelta
{
    /// <summary>
    /// <c>W += s*B*A</c>. A Gemm's alpha multiplies the merged weight as it did the frozen one, and a convolution's groups share
    /// A as they share the kernel's columns, so neither enters here.
    /// </summary>
    /// <param name="stored">The tensor's elements; changed.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="a">A, shape <c>(r, in)</c>.</param>
    /// <param name="b">B, shape <c>(out, r)</c>.</param>
    /// <param name="scale">The factor s.</param>
    /// <param name="rank">Rank r.</param>
    public static void AddTo(float[] stored, AdaptableLayer layer, float[] a, float[] b, float scale, int rank)
    {
        int count = layer.OutFeatures * layer.InFeatures;
        switch (layer.Storage)
        {
            case WeightStorage.InByOut:
                OuterProduct.Add(stored, Transposed(a, rank), Transposed(b, layer.OutFeatures), scale, rank);
                break;
            case WeightStorage.Kernel when layer.Axes.Where((axis, i) => axis != i).Any():
                AddReordered(stored, layer, a, b, scale, rank);
                break;
            default:
                OuterProduct.Add(stored.AsSpan(layer.Direction * count, count), b, a, scale, rank);
                break;
        }
    }

    /// <summary>A kernel behind a Transpose: its change is computed as the Conv takes it, and put where it is stored.</summary>
    private static void AddReordered(float[] stored, AdaptableLayer layer, float[] a, float[] b, float scale, int rank)
    {
        var change = new float[stored.Length];
        OuterProduct.Add(change, b, a, scale, rank);
        long[] strides = StoredStrides(layer);
        for (int i = 0; i < change.Length; i++)
        {
            long at = 0, rest = i;
            for (int axis = strides.Length - 1; axis >= 0; axis--)
            {
                at += rest % layer.Dims[axis] * strides[axis];
                rest /= layer.Dims[axis];
            }

            stored[at] += change[i];
        }
    }

    /// <summary>How far apart in the stored tensor two neighbours along each axis of the kernel are.</summary>
    private static long[] StoredStrides(AdaptableLayer layer)
    {
        long[] strides = new long[layer.Axes.Count];
        long stride = 1;
        for (int axis = layer.Axes.Count - 1; axis >= 0; axis--)
        {
            int position = Array.IndexOf([.. layer.Axes], axis);
            strides[position] = stride;
            stride *= layer.Dims[position];
        }

        return strides;
    }

    private static float[] Transposed(float[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        if (rows == 1 || columns == 1)
            return matrix;
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
        }

        return transposed;
    }
}
