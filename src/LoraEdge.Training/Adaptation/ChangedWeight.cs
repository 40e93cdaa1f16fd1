using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>
/// A weight with its change, <c>W + s*B*A</c>, for nodes that compute with the tensor as a whole. It costs the memory and time
/// of the tensor and of its gradient, which a branch beside a node saves.
/// </summary>
/// <param name="Branches">The changes: one, or one for each direction of a recurrent weight.</param>
internal sealed record ChangedWeight(IReadOnlyList<LowRankBranch> Branches)
{
    /// <summary>The changed tensor, in the element type that the merged weight is served in.</summary>
    /// <param name="frozen">The weight as the model stores it.</param>
    public Tensor Of(Tensor frozen)
    {
        AdaptableLayer layer = Branches[0].Layer;
        using Tensor wide = frozen.to(ScalarType.Float32), changed = layer.Storage switch
        {
            WeightStorage.Direction => Directions(wide),
            WeightStorage.Kernel => Kernel(wide, Branches[0]),
            _ => Matrix(wide, Branches[0]),
        };
        return changed.to(ElementTypes.FromOnnx(layer.MergedType)!.Value);
    }

    private static Tensor Matrix(Tensor weight, LowRankBranch branch)
    {
        if (branch.Layer.IsTransposed)
            return addmm(weight, branch.B, branch.A, 1, branch.Scale);
        using Tensor at = branch.A.t(), bt = branch.B.t();
        return addmm(weight, at, bt, 1, branch.Scale);
    }

    private static Tensor Kernel(Tensor weight, LowRankBranch branch)
    {
        AdaptableLayer layer = branch.Layer;
        long[] stored = [.. Enumerable.Range(0, layer.Axes.Count).Select(axis => (long)Array.IndexOf([.. layer.Axes], axis))];
        using Tensor product = branch.B.mm(branch.A), kernel = product.reshape([.. layer.Dims]), change = kernel.permute(stored);
        return weight.add(change, Number.Of(branch.Scale));
    }

    private Tensor Directions(Tensor weight)
    {
        var directions = new Tensor[weight.shape[0]];
        for (int direction = 0; direction < directions.Length; direction++)
        {
            using Tensor frozen = weight.select(0, direction);
            directions[direction] = Branches.FirstOrDefault(branch => branch.Layer.Direction == direction) is { } branch
                ? addmm(frozen, branch.B, branch.A, 1, branch.Scale)
                : frozen.alias();
        }

        Tensor all = stack(directions, 0);
        foreach (Tensor direction in directions)
            direction.Dispose();
        return all;
    }
}
