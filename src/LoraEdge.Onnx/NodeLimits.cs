using System.Runtime.InteropServices;

namespace LoraEdge.Onnx;

/// <summary>
/// Rules that ONNX Runtime relies on without checking them, so that a model that breaks one would take all memory, never
/// finish loading, or end the process. Only what a model states in constants and attributes is looked at.
/// </summary>
internal static class NodeLimits
{
    /// <summary>Most elements that a constant may ask for, or that padding may make of one: 256 MB of float32, where no model in use comes near.</summary>
    private const double MaxElements = 1L << 26;

    /// <summary>Most elements of the window that a pooling or convolution moves.</summary>
    private const double MaxWindow = 1L << 20;

    /// <summary>Most axes of a tensor.</summary>
    private const long MaxRank = 64;

    // The input that holds the sizes of a result, or the factors by which it grows.
    private static readonly Dictionary<string, int> s_sizes = new(StringComparer.Ordinal)
    {
        ["ConstantOfShape"] = 0, ["Expand"] = 1, ["Tile"] = 1, ["Resize"] = 3, ["OneHot"] = 1, ["CenterCropPad"] = 1, ["AffineGrid"] = 1, ["Col2Im"] = 0, ["Reshape"] = 1,
    };

    /// <summary>Checks a graph and its subgraphs.</summary>
    /// <exception cref="ModelFormatException">A node breaks a rule.</exception>
    public static void Check(OnnxGraph graph, string model) => Check(graph, model, null);

    private static void Check(OnnxGraph graph, string model, ValueRanks? outer)
    {
        var values = new ValueRanks(graph, graph.Inputs, outer);
        var ranks = new NodeRanks(graph, values);
        foreach (OnnxNode node in graph.Nodes)
        {
            if ((AttributeRanges.ProblemOf(node) ?? NumberInputs.ProblemOf(graph, node) ?? ranks.ProblemOf(node) ?? ProblemOf(graph, node)) is { } problem)
                throw new ModelFormatException($"{model}: the node {node} {problem}. The file may be damaged: fetch or export it again.");
            foreach (OnnxGraph inner in node.Subgraphs)
                Check(inner, model, values);
        }
    }

    private static string? ProblemOf(OnnxGraph graph, OnnxNode node)
    {
        if (node.Domain.Length > 0)
            return ProblemOfMicrosoft(node);
        if (node.OpType == "Split" && Parts(graph, node) is { } parts && parts != node.Outputs.Count)
            return $"splits into {parts} parts, but has {node.Outputs.Count} outputs";
        if (node.OpType == "Range" && RangeLength(graph, node) > MaxElements)
            return $"counts {RangeLength(graph, node):G3} numbers";
        if (node.OpType == "MatMulInteger" && HasOtherColumns(graph, node))
            return "has another number of columns than the scales that multiply them";
        bool isPad = node.OpType == "Pad";
        IReadOnlyList<long>? pads = node.GetInts("pads") ?? (isPad ? Integers(graph, node, 1) : null);
        if (Growth(pads) > (isPad ? MaxElements : MaxWindow))
            return "pads a tensor to more elements than are computed";
        if (!isPad && pads?.Any(pad => pad < 0) == true)
            return $"has negative pads [{string.Join(",", pads)}]";
        if (node.GetInts("kernel_shape") is { } kernel && kernel.Aggregate(1.0, (product, size) => product * Math.Max(1.0, size)) > MaxWindow)
            return $"has a window of [{string.Join(",", kernel)}]";
        if (!s_sizes.TryGetValue(node.OpType, out int slot))
            return null;
        if (Declared(graph, node, slot) is { Count: 1 } shape && shape[0].Size > MaxRank)
            return $"makes a tensor of {shape[0].Size} axes";
        return Integers(graph, node, slot) is { } sizes && sizes.Aggregate(1.0, (product, size) => product * Math.Max(1.0, size)) > MaxElements
            ? $"makes a tensor of the sizes or factors [{string.Join(",", sizes)}]"
            : null;
    }

    private static string? ProblemOfMicrosoft(OnnxNode node)
    {
        if (node.Domain != "com.microsoft")
            return null;
        // The kernel reads the bias whether there is one or not.
        if (node.OpType == "Attention" && node.Inputs.Count < 3)
            return "has fewer than 3 inputs";
        return node.OpType == "Inverse" ? "is an experiment of ONNX Runtime's that reads beyond matrices which are not square" : null;
    }

    /// <summary>ONNX Runtime makes one operator of a dynamically quantized product and its scales, which reads as many scales as there are columns.</summary>
    private static bool HasOtherColumns(OnnxGraph graph, OnnxNode product) =>
        product.Inputs.Count > 1 && product.Outputs.Count > 0
        && graph.ConstantOf(product.Inputs[1]) is { Dims.Length: > 1 } weight
        && DynamicProduct.Around(graph, product)?.Scale is { Count: not 1 } scale
        && scale.Count != weight.Dims[weight.Dims.Length - 1];

    private static long? Parts(OnnxGraph graph, OnnxNode node) =>
        node.GetInts("split")?.Count ?? Integers(graph, node, 1)?.Length ?? (node.HasAttribute("num_outputs") ? (long?)node.GetInt("num_outputs", 0) : null);

    private static double RangeLength(OnnxGraph graph, OnnxNode node)
    {
        double[] ends = [.. Enumerable.Range(0, 3).Select(slot => Integers(graph, node, slot) is { Length: 1 } one ? one[0] : double.NaN)];
        return (ends[1] - ends[0]) / ends[2];
    }

    /// <summary>By how much padding before and behind the axes multiplies a tensor of one element.</summary>
    private static double Growth(IReadOnlyList<long>? pads)
    {
        if (pads is null)
            return 1;
        double growth = 1;
        for (int axis = 0; axis < pads.Count / 2; axis++)
            growth *= 1 + Math.Max(0.0, pads[axis]) + Math.Max(0.0, pads[axis + (pads.Count / 2)]);
        return growth;
    }

    private static IReadOnlyList<Dimension>? Declared(OnnxGraph graph, OnnxNode node, int slot) =>
        slot < node.Inputs.Count ? graph.Inputs.FirstOrDefault(input => input.Name == node.Inputs[slot])?.Shape : null;

    private static long[]? Integers(OnnxGraph graph, OnnxNode node, int slot) =>
        slot < node.Inputs.Count && graph.ConstantOf(node.Inputs[slot]) is { } constant
            ? constant.DataType switch
            {
                OnnxDataType.Int64 => MemoryMarshal.Cast<byte, long>(constant.Data.Span).ToArray(),
                OnnxDataType.Int32 => [.. MemoryMarshal.Cast<byte, int>(constant.Data.Span).ToArray()],
                _ => null,
            }
            : null;
}
