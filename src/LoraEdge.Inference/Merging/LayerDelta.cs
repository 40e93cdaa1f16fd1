using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// The change <c>s*B*A</c> of a layer, in the order in which the model stores the weight. A Gemm's alpha multiplies the merged
/// weight as it did the frozen one, and a convolution's groups share A as they share the kernel's columns, so neither enters here.
/// </summary>
internal abstract class LayerDelta
{
    /// <summary>Index of its first element in the stored tensor.</summary>
    public int Start { get; private init; }

    /// <summary>Number of elements that it changes, which follow each other.</summary>
    public int Count { get; private init; }

    /// <summary>The change of a layer.</summary>
    public static LayerDelta Of(LayerBranch branch)
    {
        AdaptableLayer layer = branch.Layer;
        int count = layer.OutFeatures * layer.InFeatures;
        var byRows = new ThinProduct(branch.B, branch.A, branch.Scale, branch.Rank);
        return layer.Storage switch
        {
            WeightStorage.InByOut => new Matrix(new ThinProduct(Transposed(branch.A, branch.Rank), Transposed(branch.B, layer.OutFeatures), branch.Scale, branch.Rank)) { Count = count },
            WeightStorage.Kernel when layer.Axes.Where((axis, i) => axis != i).Any() => new Reordered(byRows, new StoredKernel(layer)) { Count = count },
            _ => new Matrix(byRows) { Start = layer.Direction * count, Count = count },
        };
    }

    /// <summary><c>merged = pristine + s*B*A</c>, of some of the elements.</summary>
    /// <param name="pristine">Their frozen values.</param>
    /// <param name="merged">Where they go; as long.</param>
    /// <param name="start">Index of the first one among the elements of this change.</param>
    /// <returns>The largest magnitude of the merged ones.</returns>
    public abstract Magnitude Merge(ReadOnlySpan<float> pristine, Span<float> merged, int start);

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

    /// <summary>Where the stored tensor is the matrix, or its transpose.</summary>
    private sealed class Matrix(ThinProduct product) : LayerDelta
    {
        public override Magnitude Merge(ReadOnlySpan<float> pristine, Span<float> merged, int start) => OuterProduct.Add(pristine, merged, start, product);
    }

    /// <summary>Where it is a kernel behind a Transpose.</summary>
    private sealed class Reordered(ThinProduct product, StoredKernel kernel) : LayerDelta
    {
        public override Magnitude Merge(ReadOnlySpan<float> pristine, Span<float> merged, int start)
        {
            Magnitude largest = default;
            for (int i = 0; i < merged.Length; i++)
            {
                (int row, int column) = kernel.PlaceOf(start + i);
                float change = 0;
                for (int inner = 0; inner < product.Rank; inner++)
                    change += product.Right[(inner * product.Columns) + column] * product.Factor(row, inner);
                merged[i] = pristine[i] + change;
                largest.Add(merged[i]);
            }

            return largest;
        }
    }
}
