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
        var unsupported = new List<UnsupportedNode>();
        foreach (OnnxNode node in model.Graph.AncestorsOf(values))
        {
            long opset = model.Opsets[node.Domain];
            if (OperatorTable.Default.Find(node, opset, out string reason) is null)
                unsupported.Add(new UnsupportedNode(node.DisplayName, $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}.{node.OpType}", opset, reason));
        }

        if (unsupported.Count > 0)
            throw new UnsupportedModelException(model.Name, unsupported);
    }

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
