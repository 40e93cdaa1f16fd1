using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>Finds every node that cannot be executed, at load and at once.</summary>
internal static class SupportCheck
{
    /// <exception cref="UnsupportedModelException">Some nodes reachable from the outputs cannot be executed.</exception>
    public static void Require(OnnxModel model, OperatorTable operators)
    {
        var unsupported = new List<UnsupportedNode>();
        foreach (OnnxNode node in model.Graph.AncestorsOf(model.Graph.Outputs.Select(output => output.Name)))
        {
            long opset = model.Opsets.TryGetValue(node.Domain, out long version) ? version : 1;
            if (operators.Find(node, opset, out string reason) is null)
                unsupported.Add(new UnsupportedNode(node.DisplayName, $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}.{node.OpType}", opset, reason));
        }

        if (unsupported.Count > 0)
            throw new UnsupportedModelException(model.Name, unsupported);
    }
}
