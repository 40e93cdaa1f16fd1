using System.Runtime.InteropServices;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Nodes that fail, with an error, where integers are divided and one of them is the smallest there is, by -1: the processor has
/// no result for that and stops the process. They count such pairs, and look the count up in a list of one zero, which is then
/// added to the dividend.
/// </summary>
internal static class DivisionGuards
{
    /// <summary>The guard before a node's dividend; none where constants, or the element type, rule such a pair out.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">The node.</param>
    /// <param name="types">What is known of the graph's values.</param>
    /// <param name="at">Number of nodes before this one, for names.</param>
    public static IEnumerable<(int Slot, NodeProto[] Guard)> Of(OnnxGraph graph, OnnxNode node, ValueTypes types, int at)
    {
        if (node is not { Domain: "", OpType: "Div" or "Mod", Inputs.Count: 2 })
            return [];
        bool isPossible = MayHold(graph.ConstantOf(node.Inputs[0]), long.MinValue, int.MinValue) && MayHold(graph.ConstantOf(node.Inputs[1]), -1, -1);
        return isPossible && (types.Of(node.Inputs[0]) ?? types.Of(node.Inputs[1])) is { } type and (OnnxDataType.Int64 or OnnxDataType.Int32)
            ? [(0, Guard(node, type, KernelGuards.NameOf("division", node, 0, at)))]
            : [];
    }

    private static NodeProto[] Guard(OnnxNode node, int type, string name)
    {
        (string dividend, string divisor) = (node.Inputs[0], node.Inputs[1]);
        return
        [
            Number(type, type == OnnxDataType.Int64 ? long.MinValue : int.MinValue, $"{name}.smallest"),
            Number(type, -1, $"{name}.minus.one"),
            Number(type, 0, $"{name}.zeros", 1),
            Node("Equal", $"{name}.is.smallest", dividend, $"{name}.smallest"),
            Node("Equal", $"{name}.turns", divisor, $"{name}.minus.one"),
            Node("And", $"{name}.overflows", $"{name}.is.smallest", $"{name}.turns"),
            With(Node("Cast", $"{name}.ones", $"{name}.overflows"), "to", OnnxDataType.Int64),
            With(Node("ReduceSum", $"{name}.count", $"{name}.ones"), "keepdims", 0),
            Node("Gather", $"{name}.zero", $"{name}.zeros", $"{name}.count"),
            Node("Add", name, dividend, $"{name}.zero"),
        ];
    }

    private static NodeProto Node(string op, string output, params string[] inputs) => new() { OpType = op, Name = output, Input = { inputs }, Output = { output } };

    private static NodeProto With(NodeProto node, string attribute, long value)
    {
        node.Attribute.Add(AttributeValue.ToProto(attribute, value));
        return node;
    }

    private static NodeProto Number(int type, long value, string output, params long[] shape)
    {
        byte[] bytes = type == OnnxDataType.Int64 ? BitConverter.GetBytes(value) : BitConverter.GetBytes((int)value);
        NodeProto constant = Node("Constant", output);
        constant.Attribute.Add(AttributeValue.ToProto("value", GraphBuilder.Tensor("", type, bytes, shape)));
        return constant;
    }

    private static bool MayHold(Initializer? constant, long wide, int narrow) => constant?.DataType switch
    {
        null => true,
        OnnxDataType.Int64 => MemoryMarshal.Cast<byte, long>(constant.Data.Span).IndexOf(wide) >= 0,
        OnnxDataType.Int32 => MemoryMarshal.Cast<byte, int>(constant.Data.Span).IndexOf(narrow) >= 0,
        _ => false,
    };
}
