using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Small changes of a graph whose outer message is a copy: what it holds is shared, so a changed message is copied first.</summary>
internal static class GraphEdit
{
    /// <summary>Puts other tensors into Constant nodes.</summary>
    /// <param name="graph">The graph; changed.</param>
    /// <param name="tensors">By the name of the node's output.</param>
    public static void ReplaceConstants(GraphProto graph, IReadOnlyDictionary<string, Initializer> tensors)
    {
        for (int i = 0; i < graph.Node.Count; i++)
        {
            if (graph.Node[i].Output.Count == 0 || !tensors.TryGetValue(graph.Node[i].Output[0], out Initializer? tensor))
                continue;
            NodeProto node = graph.Node[i] = graph.Node[i].Clone();
            node.Attribute.Single(attribute => attribute.Name == "value").T = tensor.Proto;
        }
    }

    /// <summary>
    /// Drops the declared types of internal values, which are comments that would now be wrong behind some weights, and corrects
    /// those of weights that are listed as inputs.
    /// </summary>
    /// <param name="graph">The graph; changed.</param>
    /// <param name="asFloat32">Weights that have become float32.</param>
    public static void ForgetTypes(GraphProto graph, ISet<string> asFloat32)
    {
        graph.ValueInfo.Clear();
        for (int i = 0; i < graph.Input.Count; i++)
        {
            if (asFloat32.Contains(graph.Input[i].Name) && graph.Input[i].Type?.TensorType is not null)
                (graph.Input[i] = graph.Input[i].Clone()).Type.TensorType.ElemType = OnnxDataType.Float;
        }
    }
}
