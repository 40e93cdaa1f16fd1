namespace LoraEdge.Training.Tests;

/// <summary>A and B of one layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="A">Shape (r, in).</param>
/// <param name="B">Shape (out, r).</param>
/// <param name="Scale">The factor s.</param>
internal sealed record LayerFactors(AdaptableLayer Layer, float[] A, float[] B, float Scale)
{
    /// <summary>Visits s*B*A.</summary>
    public void ForEachChange(Action<int, int, double> visit)
    {
        int rank = A.Length / Layer.InFeatures;
        for (int output = 0; output < Layer.OutFeatures; output++)
        {
            for (int input = 0; input < Layer.InFeatures; input++)
                visit(output, input, Scale * Enumerable.Range(0, rank).Sum(r => (double)B[output * rank + r] * A[r * Layer.InFeatures + input]));
        }
    }

    /// <summary>The weight with the change, in the layout that the model stores it in.</summary>
    public float[] MergedInto(OnnxModel model)
    {
        float[] weight = model.Graph.Initializers[Layer.WeightName].ToFloats();
        ForEachChange((output, input, change) => weight[Layer.IsTransposed ? output * Layer.InFeatures + input : input * Layer.OutFeatures + output] += (float)change);
        return weight;
    }
}
