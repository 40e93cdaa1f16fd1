using LoraEdge.Onnx;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace LoraEdge.Inference.Generation;

/// <summary>Keys or values of one layer that a decoder hands on from one run to the next.</summary>
/// <param name="Past">The input: what earlier tokens left.</param>
/// <param name="Present">The output: the same with the tokens of this run behind it.</param>
/// <param name="Type">Element type.</param>
/// <param name="Empty">Shape before the first token: batch 1 and length 0.</param>
internal sealed record CachedValue(string Past, string Present, OrtElementType Type, long[] Empty)
{
    /// <summary>Reads what a model declares of an input.</summary>
    /// <param name="past"><c>(batch, heads, length, size)</c>, or GPT-2's <c>(2, batch, heads, length, size)</c>.</param>
    /// <param name="present">The output that goes with it.</param>
    /// <param name="model">Name of the model, for messages.</param>
    /// <exception cref="ModelFormatException">The shape leaves open what it should tell, or fixes what has to vary.</exception>
    public static CachedValue From(ValueInfo past, string present, string model)
    {
        if (past.Shape is not { Count: 4 or 5 } shape)
            throw new ModelFormatException($"The input '{past.Name}' of {model} looks like a cache of keys or values, but is declared as {Describe(past)}. Export it as (batch, heads, length, size).");
        int length = shape.Count - 2, batch = shape.Count - 4;
        if (shape[length].Size is not null || shape[batch].Size is not (null or 1))
            throw new ModelFormatException($"The input '{past.Name}' of {model} is declared as {Describe(past)}: its axis {length} has to grow with the sequence, and its axis {batch} has to take a batch of 1. Export the model with dynamic axes.");
        if (shape.Where((axis, i) => i != length && i != batch && axis.Size is null).Any())
            throw new ModelFormatException($"The input '{past.Name}' of {model} is declared as {Describe(past)}, which leaves open more than batch and length. Export the model with fixed numbers of heads and of their elements.");
        return new CachedValue(past.Name, present, (OrtElementType)past.ElementType, [.. shape.Select((axis, i) => i == length ? 0 : axis.Size ?? 1)]);
    }

    private static string Describe(ValueInfo value) => value.Shape is { } shape ? $"[{string.Join(",", shape)}]" : "any shape";
}
