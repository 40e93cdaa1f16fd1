using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The operator sets that a model imports.</summary>
internal static class OpsetImports
{
    /// <summary>ONNX's own domain has two spellings; everything here uses the empty one.</summary>
    public static string Normalize(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>Version by domain.</summary>
    /// <exception cref="ModelFormatException">None is imported, or a domain twice.</exception>
    public static IReadOnlyDictionary<string, long> Read(IEnumerable<OperatorSetIdProto> imports, long irVersion, string model)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            string domain = Normalize(import.Domain);
            if (import.Version < 1 || (versions.TryGetValue(domain, out long other) && other != import.Version))
                throw new ModelFormatException($"{model}: the import of operator set '{domain}' in version {import.Version} is malformed or contradicts another one. Export the model again.");
            versions[domain] = import.Version;
        }

        // Operator sets came with IR version 3; before that there was one.
        if (versions.Count == 0 && irVersion < 3)
            versions[""] = 1;
        return versions.Count > 0
            ? versions
            : throw new ModelFormatException($"{model} imports no operator set, so its operators have no meaning. The file may be truncated: fetch or export it again.");
    }

    /// <summary>Checks that the operators of a graph and its subgraphs come from imported sets.</summary>
    /// <exception cref="ModelFormatException">One does not.</exception>
    public static void CheckDomains(OnnxGraph graph, IReadOnlyDictionary<string, long> versions, string model)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            if (!versions.ContainsKey(node.Domain))
                throw new ModelFormatException($"{model}: the node {node} is of the domain '{node.Domain}', but the model does not import a version of it. Export the model again.");
            foreach (OnnxGraph inner in node.Subgraphs)
                CheckDomains(inner, versions, model);
        }
    }
}
