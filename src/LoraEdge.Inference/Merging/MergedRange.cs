using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>Whether a merged weight is finite in the element type that the model stores it in.</summary>
internal static class MergedRange
{
    // The smallest magnitudes that round to infinity.
    private const float BeyondFloat16 = 65_520f;
    private const float BeyondBFloat16 = 3.3961776e38f;

    /// <summary>The smallest magnitude that is not finite in an element type.</summary>
    public static float Beyond(int dataType) => dataType switch
    {
        OnnxDataType.Float16 => BeyondFloat16,
        OnnxDataType.BFloat16 => BeyondBFloat16,
        _ => float.PositiveInfinity,
    };

    /// <summary>Index of the first value that is not finite in an element type; -1 when there is none.</summary>
    public static int IndexBeyond(ReadOnlySpan<float> values, int dataType)
    {
        float beyond = Beyond(dataType);
        for (int i = 0; i < values.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(values[i]) < beyond))
                return i;
        }

        return -1;
    }

    /// <summary>The error for a value that is not finite.</summary>
    /// <param name="pristine">The value before merging.</param>
    /// <param name="merged">The value.</param>
    /// <param name="at">Its index.</param>
    /// <param name="weight">The frozen weight.</param>
    /// <param name="model">Name of the model.</param>
    public static LoraEdgeException Refused(float pristine, float merged, int at, Initializer weight, string model) =>
        float.IsNaN(pristine) || float.IsInfinity(pristine)
            ? new ModelFormatException($"{model}: element {at} of the weight {weight} is {pristine}, so it cannot be adapted. Export the model again.")
            : new AdapterMismatchException($"With the adapter, element {at} of the weight {weight} of {model} becomes {merged} (it was {pristine}), which is not a finite number of its type. Nothing was changed. Train a new adapter with a lower learning rate.");

    /// <summary>Checks a change that is served beside its layer.</summary>
    /// <exception cref="AdapterMismatchException">A value of it is not finite.</exception>
    public static void Check(LayerBranch branch, string model)
    {
        foreach (float value in branch.B)
        {
            if (!(Math.Abs(value * branch.Scale) < float.PositiveInfinity))
                throw new AdapterMismatchException($"B of the layer {branch.Layer} of {model} holds {value}, which is not finite with the scale {branch.Scale}. Train a new adapter with a lower learning rate.");
        }
    }
}
