using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Every dense tensor of a model: initializers and attribute values, in subgraphs and functions too.</summary>
internal static class TensorWalk
{
    // Recursion is bounded by the depth of messages that protobuf accepts (100).
    public static IEnumerable<TensorProto> AllTensors(ModelProto model) =>
        Of(model.Graph).Concat(model.Functions.SelectMany(function =>
            function.Node.SelectMany(Of).Concat(function.AttributeProto.SelectMany(Of))));

    private static IEnumerable<TensorProto> Of(GraphProto graph) => graph.Initializer.Concat(graph.Node.SelectMany(Of));

    private static IEnumerable<TensorProto> Of(NodeProto node) => node.Attribute.SelectMany(Of);

    private static IEnumerable<TensorProto> Of(AttributeProto attribute)
    {
        IEnumerable<TensorProto> own = attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T);
        return own.Concat(SubgraphsOf(attribute).SelectMany(Of));
    }

    public static IEnumerable<GraphProto> SubgraphsOf(AttributeProto attribute) =>
        attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G);
}
