using LoraEdge.Training.Adaptation;

namespace LoraEdge.Training;

/// <summary>The values that training starts from when it extends an adapter.</summary>
internal static class InitialFactors
{
    /// <summary>The adapter's numbers, in the order of the parameters.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="made">Model, projection, rank and scale of the adapter that is to be made.</param>
    /// <param name="branches">The branches that are trained.</param>
    /// <exception cref="AdapterMismatchException">The adapter is of another model, projection, rank or scale, or of other layers.</exception>
    public static float[][] Of(Adapter adapter, Adapter made, IReadOnlyList<LowRankBranch> branches)
    {
        Require("model", adapter.Model, made.Model);
        Require("projection", adapter.Projection, made.Projection);
        Require("rank", adapter.Rank, made.Rank);
        Require("scale", adapter.Scale, made.Scale);
        Require("layers", Layers(adapter.Targets.Select(target => target.InitializerIndex)), Layers(branches.Select(branch => branch.Layer.InitializerIndex)));
        bool explicitA = made.Projection.Kind == ProjectionKind.Explicit;
        var values = new List<float[]>();
        foreach ((AdapterTarget target, LowRankBranch branch) in adapter.Targets.Zip(branches, (target, branch) => (target, branch)))
        {
            if (explicitA)
                values.Add(Fitting(target.A, branch, branch.A.numel()));
            values.Add(Fitting(target.B, branch, branch.B.numel()));
        }

        return [.. values];
    }

    private static string Layers(IEnumerable<int> indices) => string.Join(",", indices);

    private static float[] Fitting(float[]? values, LowRankBranch branch, long count) => values?.LongLength == count
        ? values
        : throw new AdapterMismatchException($"The initial adapter has {values?.Length ?? 0} values for a factor of '{branch.Layer.WeightName}', which takes {count}. Train from nothing, or from an adapter of this model.");

    private static void Require<T>(string what, T found, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected))
            throw new AdapterMismatchException($"The initial adapter has the {what} {found}, but this training has {expected}, so it cannot be extended. Train from nothing, or with the options that it was trained with.");
    }
}
