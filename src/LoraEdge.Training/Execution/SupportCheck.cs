using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>Finds every node that cannot be executed, before anything runs and at once.</summary>
internal static class SupportCheck
{
    /// <param name="model">The model.</param>
    /// <param name="values">Values that are going to be computed.</param>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Some nodes that lead to the values cannot be executed.</exception>
    public static void Require(OnnxModel model, IReadOnlyList<string> values)
    {
        RequireValues(model, values);
        if (Find(model, values) is { Count: > 0 } unsupported)
            throw new UnsupportedModelException(model.Name, unsupported);
    }

    /// <summary>Every node that leads to the values and cannot be executed, in execution order.</summary>
    public static IReadOnlyList<UnsupportedNode> Find(OnnxModel model, IEnumerable<string> values)
    {
        var unsupported = new List<UnsupportedNode>();
        Collect(model, model.Graph, values, new Dictionary<string, string>(), unsupported);
        return unsupported;
    }

    private static void Collect(OnnxModel model, OnnxGraph graph, IEnumerable<string> values, Dictionary<string, string> unreadable, List<UnsupportedNode> unsupported)
    {
        unreadable = WithUnreadable(graph, unreadable);
        foreach (OnnxNode node in graph.AncestorsOf(values))
        {
            long opset = model.Opsets[node.Domain];
            OperatorTable.Default.Find(node, opset, out string reason);
            reason = reason.Length > 0 ? reason : node.Inputs.Where(input => !IsWidened(graph, node, input)).Select(input => unreadable.TryGetValue(input, out string? why) ? why : "").FirstOrDefault(why => why.Length > 0) ?? "";
            if (reason.Length > 0)
            {
                unsupported.Add(new UnsupportedNode(node.DisplayName, $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}.{node.OpType}", opset, reason));
                continue;
            }

            foreach (OnnxGraph inner in node.Subgraphs)
                Collect(model, inner, inner.Outputs.Select(output => output.Name), unreadable, unsupported);
        }
    }

    /// <summary>Inputs and initializers, of enclosing graphs too, that are no tensors or of a type that is not executed; with the reason.</summary>
    private static Dictionary<string, string> WithUnreadable(OnnxGraph graph, Dictionary<string, string> outer)
    {
        var reasons = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        foreach (ValueInfo input in graph.Inputs.Where(input => ElementTypes.FromOnnx(input.ElementType) is null))
            reasons[input.Name] = input.ElementType == 0 ? $"its input '{input.Name}' is not a tensor" : $"its input '{input.Name}' has the element type {OnnxDataType.NameOf(input.ElementType)}";
        foreach (Initializer initializer in graph.Initializers.Values.Where(initializer => ElementTypes.FromOnnx(initializer.DataType) is null))
            reasons[initializer.Name] = $"its input '{initializer.Name}' has the element type {OnnxDataType.NameOf(initializer.DataType)}";
        return reasons;
    }

    /// <summary>Constants of 4 bits are held one to a byte, which nothing tells where they are only moved about or dequantized.</summary>
    private static bool IsWidened(OnnxGraph graph, OnnxNode node, string input) =>
        node is { Domain: "", OpType: "DequantizeLinear" or "Transpose" or "Identity" }
        && graph.Initializers.TryGetValue(input, out Initializer? initializer) && ElementTypes.OfConstant(initializer.DataType) is not null;

    private static void RequireValues(OnnxModel model, IReadOnlyList<string> values)
    {
        OnnxGraph graph = model.Graph;
        foreach (string name in values)
        {
            if (graph.ProducerOf(name) is null && !graph.Initializers.ContainsKey(name) && graph.Inputs.All(input => input.Name != name))
                throw new InvalidOptionsException($"{model.Name} has no value '{name}'; name an output ({string.Join(", ", graph.Outputs.Select(output => output.Name))}) or an internal value of the graph.");
        }
    }
}
