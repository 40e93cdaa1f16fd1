using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The names of values in messages that are not indexed yet.</summary>
internal static class ValueNames
{
    /// <summary>The node's first output that is not omitted; empty when it has none.</summary>
    public static string FirstOutput(NodeProto node) => node.Output.FirstOrDefault(output => output.Length > 0) ?? "";

    /// <summary>The names up to the last one that is not omitted.</summary>
    public static List<string> WithoutTrailingOmissions(IEnumerable<string> names)
    {
        List<string> kept = [.. names];
        while (kept.Count > 0 && kept[kept.Count - 1].Length == 0)
            kept.RemoveAt(kept.Count - 1);
        return kept;
    }

    /// <summary>What a graph defines: inputs, initializers and results of nodes; not those of its subgraphs.</summary>
    public static IEnumerable<string> Definitions(GraphProto graph) => graph.Input.Select(input => input.Name)
        .Concat(graph.Initializer.Select(initializer => initializer.Name))
        .Concat(graph.Node.SelectMany(node => node.Output))
        .Where(name => name.Length > 0);

    /// <summary>
    /// Dashes and a point that no name of a value holds. Names joined by it can be taken apart again, so that joined names are
    /// equal only where their parts are.
    /// </summary>
    public static string UnusedArrow(ModelProto model)
    {
        IEnumerable<string> names = Of(model.Graph).Concat(model.Functions.SelectMany(function => function.Node.SelectMany(Of)));
        return $"{new string('-', 1 + names.Select(DashesOfArrows).DefaultIfEmpty(0).Max())}>";
    }

    // Recursion is bounded by the depth of messages that protobuf accepts (100).
    private static IEnumerable<string> Of(GraphProto graph) =>
        Definitions(graph).Concat(graph.Output.Select(output => output.Name)).Concat(graph.Node.SelectMany(Of));

    private static IEnumerable<string> Of(NodeProto node) =>
        node.Input.Concat(node.Output).Concat(node.Attribute.SelectMany(TensorWalk.SubgraphsOf).SelectMany(Of));

    private static int DashesOfArrows(string name)
    {
        int most = 0, dashes = 0;
        foreach (char letter in name)
        {
            most = letter == '>' ? Math.Max(most, dashes) : most;
            dashes = letter == '-' ? dashes + 1 : 0;
        }

        return most;
    }
}
