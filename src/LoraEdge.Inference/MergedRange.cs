using System.Numerics;
using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>Whether a merged weight is finite in the element type that the model stores it in.</summary>
internal static class MergedRange
{
    // The smallest magnitudes that round to infinity.
    private const float BeyondFloat16 = 65_520f;
    private const float BeyondBFloat16 = 3.3961776e38f;

    /// <param name="merged">The merged values.</param>
    /// <param name="weight">The frozen weight.</param>
    /// <param name="mergedType">The element type that they will be stored in.</param>
    /// <param name="model">Name of the model, for messages.</param>
    /// <exception cref="AdapterMismatchException">A value is not finite, or too large for the element type.</exception>
    /// <exception cref="ModelFormatException">The value was not finite before merging.</exception>
    public static void Check(ReadOnlySpan<float> merged, Initializer weight, int mergedType, string model)
    {
        float beyond = mergedType switch
        {
            OnnxDataType.Float16 => BeyondFloat16,
            OnnxDataType.BFloat16 => BeyondBFloat16,
            _ => float.PositiveInfinity,
        };
        for (int i = FirstSuspect(merged, beyond); i < merged.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(merged[i]) < beyond))
                throw Refused(merged[i], i, weight, model);
        }
    }

    /// <summary>The same for a change that is served beside its layer.</summary>
    /// <exception cref="AdapterMismatchException">A value of it is not finite.</exception>
    public static void Check(LayerBranch branch, string model)
    {
        foreach (float value in branch.B)
        {
            if (!(Math.Abs(value * branch.Scale) < float.PositiveInfinity))
                throw new AdapterMismatchException($"B of the layer {branch.Layer} of {model} holds {value}, which is not finite with the scale {branch.Scale}. Train a new adapter with a lower learning rate.");
        }
    }

    // Where the vector begins that holds the first such value, or the rest that fills none.
    private static int FirstSuspect(ReadOnlySpan<float> merged, float beyond)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(merged);
        var limit = new Vector<float>(beyond);
        int whole = 0;
        while (whole < vectors.Length && Vector.LessThanAll(Vector.Abs(vectors[whole]), limit))
            whole++;
        return whole * Vector<float>.Count;
    }

    private static LoraEdgeException Refused(float value, int at, Initializer weight, string model)
    {
        float pristine = weight.ToFloats()[at];
        if (float.IsNaN(pristine) || float.IsInfinity(pristine))
            return new ModelFormatException($"{model}: element {at} of the weight {weight} is {pristine}, so it cannot be adapted. Export the model again.");
        return new AdapterMismatchException($"With the adapter, element {at} of the weight {weight} of {model} becomes {value} (it was {pristine}), which is not a finite number of its type. Nothing was changed. Train a new adapter with a lower learning rate.");
    }
}
