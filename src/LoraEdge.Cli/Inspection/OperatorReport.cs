using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>An operator that a model uses.</summary>
/// <param name="Domain">Its domain; ONNX's own is <c>ai.onnx</c>.</param>
/// <param name="Operator">Its name.</param>
/// <param name="Count">Nodes of the main graph.</param>
/// <param name="Supported">Whether training can execute all of those that the outputs need.</param>
internal sealed record OperatorReport(string Domain, string Operator, int Count, bool Supported)
{
    /// <summary>The operators of a model's main graph, by domain and name.</summary>
    public static IReadOnlyList<OperatorReport> Of(OnnxModel model, IReadOnlyList<UnsupportedNode> unsupported)
    {
        HashSet<string> refused = [.. unsupported.Select(node => node.Operator)];
        return
        [
            .. model.Graph.Nodes.GroupBy(node => (Domain: NameOf(node.Domain), node.OpType))
                .Select(nodes => new OperatorReport(nodes.Key.Domain, nodes.Key.OpType, nodes.Count(), !refused.Contains($"{nodes.Key.Domain}.{nodes.Key.OpType}")))
                .OrderBy(one => one.Domain, StringComparer.Ordinal).ThenBy(one => one.Operator, StringComparer.Ordinal),
        ];
    }

    /// <summary>A domain as people write it.</summary>
    public static string NameOf(string domain) => domain.Length == 0 ? "ai.onnx" : domain;
}
