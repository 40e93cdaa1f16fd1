using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Draws parts of a model to damage.</summary>
internal static class Parts
{
    /// <summary>Every graph: the main one and those in attributes.</summary>
    public static IReadOnlyList<GraphProto> Graphs(ModelProto model)
    {
        var graphs = new List<GraphProto> { model.Graph };
        for (int i = 0; i < graphs.Count; i++)
            graphs.AddRange(graphs[i].Node.SelectMany(node => node.Attribute).SelectMany(TensorWalk.SubgraphsOf));
        return graphs;
    }

    /// <summary>Some graph that has nodes.</summary>
    public static GraphProto? Graph(ModelProto model, Random random)
    {
        GraphProto[] graphs = [.. Graphs(model).Where(graph => graph.Node.Count > 0)];
        return graphs.Length == 0 ? null : random.Pick(graphs);
    }

    /// <summary>Some node, of a function too.</summary>
    public static NodeProto? Node(ModelProto model, Random random)
    {
        NodeProto[] nodes = [.. Graphs(model).SelectMany(graph => graph.Node).Concat(model.Functions.SelectMany(function => function.Node))];
        return nodes.Length == 0 ? null : random.Pick(nodes);
    }

    /// <summary>Some tensor: an initializer, or the value of an attribute.</summary>
    public static TensorProto? Tensor(ModelProto model, Random random)
    {
        TensorProto[] tensors = [.. TensorWalk.AllTensors(model)];
        return tensors.Length == 0 ? null : random.Pick(tensors);
    }

    /// <summary>Some declaration of an input, an output or an inner value.</summary>
    public static ValueInfoProto? Declaration(ModelProto model, Random random)
    {
        ValueInfoProto[] values = [.. Graphs(model).SelectMany(graph => graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))];
        return values.Length == 0 ? null : random.Pick(values);
    }

    /// <summary>The name of some value of a graph.</summary>
    public static string Name(GraphProto graph, Random random)
    {
        string[] names = [.. ValueNames.Definitions(graph)];
        return names.Length == 0 || random.Percent(3) ? "nothing of this name" : random.Pick(names);
    }
}
