using LoraEdge.Onnx;

namespace LoraEdge.Inference.Generation;

/// <summary>
/// Pairs the inputs and outputs of a decoder's cache by the names that exporters give them: <c>past_key_values.0.key</c> and
/// <c>present.0.key</c> (Hugging Face Optimum, ONNX Runtime GenAI), <c>past.0.key</c> and <c>present.0.key</c>, <c>past_0</c>
/// and <c>present_0</c> (ONNX Runtime's GPT-2), <c>past_key_self_0</c> and <c>present_key_self_0</c>.
/// </summary>
internal static class KeyValueLayout
{
    private const string Past = "past";
    private static readonly string[] s_pasts = ["past_key_values", Past], s_presents = ["present", "present_key_values"];

    /// <summary>Whether an input carries keys or values of earlier tokens.</summary>
    public static bool IsPast(ValueInfo input) => input.Name.StartsWith(Past, StringComparison.Ordinal);

    /// <summary>Whether an output carries them on.</summary>
    public static bool IsPresent(ValueInfo output) => output.Name.StartsWith("present", StringComparison.Ordinal);

    /// <summary>The cache, in the order of the model's inputs; empty for a model without one, also where it writes keys and values that it cannot read.</summary>
    /// <exception cref="ModelFormatException">An input has no output that goes with it, or its shape does not serve.</exception>
    public static IReadOnlyList<CachedValue> Find(OnnxGraph graph, string model) =>
        [.. graph.Inputs.Where(IsPast).Select(past => CachedValue.From(past, PresentOf(past, graph, model), model))];

    private static string PresentOf(ValueInfo past, OnnxGraph graph, string model)
    {
        string rest = past.Name.Substring(s_pasts.First(prefix => past.Name.StartsWith(prefix, StringComparison.Ordinal)).Length);
        ValueInfo? present = graph.Outputs.FirstOrDefault(output => s_presents.Any(prefix => output.Name == prefix + rest));
        if (present is null)
            throw new ModelFormatException($"The input '{past.Name}' of {model} has no output that goes with it: '{s_presents[0]}{rest}' is missing. Export the model with its cache as outputs.");
        return present.ElementType == past.ElementType
            ? present.Name
            : throw new ModelFormatException($"The output '{present.Name}' of {model} is of another type than the input '{past.Name}' that it becomes. Export the model again.");
    }
}
