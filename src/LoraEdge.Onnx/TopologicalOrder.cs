using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Orders nodes so that each comes after the nodes it reads from, and otherwise as in the file.</summary>
internal static class TopologicalOrder
{
    /// <summary>The indices of <paramref name="nodes"/> in execution order.</summary>
    /// <param name="nodes">The nodes as stored.</param>
    /// <param name="reads">The values each node reads, captured ones included.</param>
    /// <param name="producers">The index of the node that computes a value.</param>
    /// <param name="model">Name of the model for messages.</param>
    /// <exception cref="ModelFormatException">The graph has a cycle.</exception>
    public static int[] Sort(IReadOnlyList<NodeProto> nodes, IReadOnlyList<IReadOnlyList<string>> reads, Dictionary<string, int> producers, string model)
    {
        var pending = new int[nodes.Count];
        var readers = new List<int>?[nodes.Count];
        for (int reader = 0; reader < nodes.Count; reader++)
        {
            foreach (string value in reads[reader])
            {
                if (!producers.TryGetValue(value, out int producer))
                    continue;
                (readers[producer] ??= []).Add(reader);
                pending[reader]++;
            }
        }

        var ready = new SortedSet<int>(Enumerable.Range(0, nodes.Count).Where(node => pending[node] == 0));
        var order = new List<int>(nodes.Count);
        while (ready.Count > 0)
        {
            int next = ready.Min;
            ready.Remove(next);
            order.Add(next);
            foreach (int reader in readers[next] ?? [])
            {
                if (--pending[reader] == 0)
                    ready.Add(reader);
            }
        }

        return order.Count == nodes.Count
            ? [.. order]
            : throw Cyclic(nodes[Enumerable.Range(0, nodes.Count).First(node => pending[node] > 0)], model);
    }

    private static ModelFormatException Cyclic(NodeProto node, string model) =>
        new($"{model}: the graph has a cycle: the node {node.OpType} '{NodeNames.Display(node)}' is on it or behind it and needs its own result. "
            + "ONNX graphs have no cycles; export the model again.");
}
