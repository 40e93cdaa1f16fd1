using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>Whether a merged weight is finite in the element type that the model stores it in.</summary>
internal static class MergedRange
{
    // The smallest magnitudes that round to infinity.
    private const float BeyondFloat16 = 65_520f;
    private const float BeyondBFloat16 = 3.3961776e38f;

    /// <exception cref="AdapterMismatchException">A value is not finite, or too large for the element type.</exception>
    /// <exception cref="ModelFormatException">The value was not finite before merging.</exception>
    public static void Check(ReadOnlySpan<float> merged, Initializer weight, string model)
    {
        float beyond = weight.DataType switch
        {
            OnnxDataType.Float16 => BeyondFloat16,
            OnnxDataType.BFloat16 => BeyondBFloat16,
            _ => float.PositiveInfinity,
        };
        for (int i = 0; i < merged.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(merged[i]) < beyond))
                throw Refused(merged[i], i, weight, model);
        }
    }

    private static LoraEdgeException Refused(float value, int at, Initializer weight, string model)
    {
        float pristine = weight.ToFloats()[at];
        if (float.IsNaN(pristine) || float.IsInfinity(pristine))
            return new ModelFormatException($"{model}: element {at} of the weight {weight} is {pristine}, so it cannot be adapted. Export the model again.");
        return new AdapterMismatchException($"With the adapter, element {at} of the weight {weight} of {model} becomes {value} (it was {pristine}), which is not a finite number of its type. Nothing was changed. Train a new adapter with a lower learning rate.");
    }
}
