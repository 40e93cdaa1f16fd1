using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>What a node is called in messages, and its attributes by name.</summary>
internal static class NodeNames
{
    public static string Display(NodeProto node) =>
        node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(output => output.Length > 0) ?? node.OpType;

    /// <summary>The attributes of a node by name.</summary>
    /// <exception cref="ModelFormatException">A name is empty or occurs twice, or the operator has no name.</exception>
    public static Dictionary<string, AttributeProto> ByName(NodeProto node, string model)
    {
        if (node.OpType.Length == 0)
            throw new ModelFormatException($"{model}: the node '{Display(node)}' does not say which operator it applies. The file may be damaged: fetch or export it again.");
        var attributes = new Dictionary<string, AttributeProto>(StringComparer.Ordinal);
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.Name.Length == 0 || attributes.ContainsKey(attribute.Name))
                throw new ModelFormatException($"{model}: the node {node.OpType} '{Display(node)}' has the attribute '{attribute.Name}' twice or without a name. Export the model again.");
            if (attribute.RefAttrName.Length > 0)
                throw new ModelFormatException($"{model}: the attribute '{attribute.Name}' of node {node.OpType} '{Display(node)}' refers to a function's attribute outside of a function. Export the model again.");
            attributes.Add(attribute.Name, attribute);
        }

        return attributes;
    }

    /// <summary>The value under a key, or null; netstandard2.0 has no GetValueOrDefault.</summary>
    public static TValue? GetValueOrNull<TValue>(this IReadOnlyDictionary<string, TValue> table, string key)
        where TValue : class => table.TryGetValue(key, out TValue? value) ? value : null;
}
