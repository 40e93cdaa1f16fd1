using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Turns the bytes of a file into a checked model, or says why it is none.</summary>
internal static class ModelReader
{
    /// <summary>Parses, brings external data in, checks every tensor and every name, resolves functions, and sorts the nodes.</summary>
    /// <exception cref="ModelFormatException">Whatever is wrong with the bytes.</exception>
    public static ModelProto Read(byte[] bytes, string model, string? folder)
    {
        ModelProto proto = ParseProto(bytes, model);
        new ExternalData(model, folder).Inline(proto);
        foreach (TensorProto tensor in TensorWalk.AllTensors(proto))
            TensorLayout.Check(tensor, model);
        FunctionInlining.Apply(proto, model);
        SortNodes(proto.Graph, model);
        return proto;
    }

    private static ModelProto ParseProto(byte[] bytes, string model)
    {
        if (bytes.Length == 0)
            throw new ModelFormatException($"{model} is empty. Fetch or export it again.");
        WireLimit.Check(bytes, model);
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"{model} is not an ONNX model or is truncated ({exception.Message}) Fetch or export it again.", exception);
        }

        if (proto.Graph is null)
            throw new ModelFormatException($"{model} is not an ONNX model: it holds no graph. Check that this is the right file, and that it is complete.");
        if (proto.Graph.SparseInitializer.Count > 0)
            throw new ModelFormatException($"{model} has sparse initializers, which LoraEdge does not read. Export the model with dense weights.");
        return proto;
    }

    private static void SortNodes(GraphProto graph, string model, bool isMain = true)
    {
        // Recursion is bounded by the depth of messages that protobuf accepts (100).
        foreach (GraphProto inner in graph.Node.SelectMany(node => node.Attribute).SelectMany(TensorWalk.SubgraphsOf))
            SortNodes(inner, model, isMain: false);
        Dictionary<string, int> producers = GraphNames.Producers(graph, isMain, model);
        string[][] reads = [.. graph.Node.Select(node => ReadsOf(node, model))];
        // What a subgraph does not define counts as read by its node, and so on up to the main graph.
        if (isMain)
            GraphNames.CheckReads(graph, reads, producers, model);
        NodeProto[] sorted = [.. TopologicalOrder.Sort(graph.Node, reads, producers, model).Select(index => graph.Node[index])];
        graph.Node.Clear();
        graph.Node.AddRange(sorted);
    }

    private static string[] ReadsOf(NodeProto node, string model)
    {
        // An omitted input at the end means nothing, but ONNX Runtime ends the process where LayerNormalization has one.
        while (node.OpType == "LayerNormalization" && node.Input.Count > 0 && node.Input[node.Input.Count - 1].Length == 0)
            node.Input.RemoveAt(node.Input.Count - 1);
        NodeNames.ByName(node, model);
        return [.. node.Input.Where(input => input.Length > 0).Concat(SubgraphScope.Captures(node, model))];
    }
}
