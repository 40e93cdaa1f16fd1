namespace LoraEdge;

/// <summary>A well-formed model uses operators that LoraEdge cannot execute. Every such node is listed at once.</summary>
public sealed class UnsupportedModelException : LoraEdgeException
{
    /// <summary>Creates the error from the complete list of unsupported nodes.</summary>
    /// <param name="model">The model's file name or another name a user recognises.</param>
    /// <param name="nodes">Every unsupported node of the model; at least one.</param>
    public UnsupportedModelException(string model, IReadOnlyList<UnsupportedNode> nodes)
        : base(Describe(model, nodes)) => Nodes = nodes;

    /// <summary>Every unsupported node, in graph order.</summary>
    public IReadOnlyList<UnsupportedNode> Nodes { get; }

    private static string Describe(string model, IReadOnlyList<UnsupportedNode> nodes)
    {
        IEnumerable<string> lines = nodes.Select(n => $"{n.Operator} (opset {n.OpsetVersion}) at '{n.Name}': {n.Reason}");
        return $"{model} has {nodes.Count} node(s) that cannot be executed: {string.Join("; ", lines)}. "
            + "Export the model without them, or see docs/operators.md for what is supported.";
    }
}
