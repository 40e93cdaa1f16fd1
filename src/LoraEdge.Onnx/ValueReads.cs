namespace LoraEdge.Onnx;

/// <summary>Which inputs of which nodes read each value of a graph. Made in one pass, so that no graph makes a search quadratic.</summary>
internal sealed class ValueReads
{
    /// <summary>In place of an input's number: a subgraph of the node reads the value.</summary>
    public const int BySubgraph = -1;

    private readonly Dictionary<string, List<(OnnxNode Node, int Slot)>> _reads = new(StringComparer.Ordinal);

    public ValueReads(OnnxGraph graph)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            for (int slot = 0; slot < node.Inputs.Count; slot++)
                Add(node.Inputs[slot], node, slot);
            foreach (string captured in node.CapturedValues)
                Add(captured, node, BySubgraph);
        }
    }

    /// <summary>The reads of a value, in execution order.</summary>
    public IReadOnlyList<(OnnxNode Node, int Slot)> Of(string value) => _reads.GetValueOrNull(value) ?? [];

    private void Add(string value, OnnxNode node, int slot)
    {
        if (value.Length == 0)
            return;
        if (!_reads.TryGetValue(value, out List<(OnnxNode, int)>? reads))
            _reads.Add(value, reads = []);
        reads.Add((node, slot));
    }
}
