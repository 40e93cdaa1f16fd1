using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The rules for names of values: every value is defined once, and nothing is read that is not defined.</summary>
internal static class GraphNames
{
    /// <summary>The index of the node that computes each value.</summary>
    /// <exception cref="ModelFormatException">A name is missing, or defined twice.</exception>
    public static Dictionary<string, int> Producers(GraphProto graph, bool isMain, string model)
    {
        var defined = Unique(graph.Input.Select(input => input.Name), "graph input", model);
        defined.UnionWith(Unique(graph.Initializer.Select(initializer => initializer.Name), "initializer", model));
        // A subgraph may hand one value out under several of its node's names, for example as state and as result of a loop.
        IEnumerable<string> outputs = graph.Output.Select(output => output.Name);
        Unique(isMain ? outputs : outputs.Distinct(StringComparer.Ordinal), "graph output", model);
        var producers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int node = 0; node < graph.Node.Count; node++)
        {
            foreach (string output in graph.Node[node].Output.Where(output => output.Length > 0))
            {
                if (!defined.Add(output))
                    throw new ModelFormatException($"{model}: the value '{output}', computed by node {graph.Node[node].OpType} '{NodeNames.Display(graph.Node[node])}', is defined a second time. Every value of an ONNX graph has one definition; export the model again.");
                producers.Add(output, node);
            }
        }

        return producers;
    }

    /// <summary>Checks that what nodes and outputs read exists.</summary>
    /// <exception cref="ModelFormatException">A value is read that nothing defines.</exception>
    public static void CheckReads(GraphProto graph, IReadOnlyList<IReadOnlyList<string>> reads, Dictionary<string, int> producers, string model)
    {
        var constants = new HashSet<string>(graph.Input.Select(input => input.Name), StringComparer.Ordinal);
        constants.UnionWith(graph.Initializer.Select(initializer => initializer.Name));
        for (int node = 0; node < reads.Count; node++)
        {
            foreach (string value in reads[node])
            {
                if (!producers.ContainsKey(value) && !constants.Contains(value))
                    throw new ModelFormatException($"{model}: the node {graph.Node[node].OpType} '{NodeNames.Display(graph.Node[node])}' reads '{value}', which no input, initializer or node defines. The file may be damaged: fetch or export it again.");
            }
        }

        foreach (ValueInfoProto output in graph.Output)
        {
            if (!producers.ContainsKey(output.Name) && !constants.Contains(output.Name))
                throw new ModelFormatException($"{model}: nothing computes the graph output '{output.Name}'. The file may be damaged: fetch or export it again.");
        }
    }

    private static HashSet<string> Unique(IEnumerable<string> names, string what, string model)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (name.Length == 0)
                throw new ModelFormatException($"{model}: a {what} has no name. The file may be damaged: fetch or export it again.");
            if (!seen.Add(name))
                throw new ModelFormatException($"{model}: there are two {what}s named '{name}'. Names must be unique; export the model again.");
        }

        return seen;
    }
}
