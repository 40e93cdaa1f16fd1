namespace LoraEdge.Onnx.Tests;

/// <summary>Models written byte by byte from the field numbers of the ONNX specification.</summary>
internal static class HandMade
{
    public static Wire Model(Wire graph) => Model(graph, irVersion: 8, opset: 17);

    public static Wire Model(Wire graph, long irVersion, long opset) =>
        new Wire().Varint(1, irVersion).Message(7, graph).Message(8, new Wire().Text(1, "").Varint(2, opset));

    public static Wire Node(string op, string[] inputs, string[] outputs, params Wire[] attributes)
    {
        var node = new Wire();
        foreach (string input in inputs)
            node.Text(1, input);
        foreach (string output in outputs)
            node.Text(2, output);
        node.Text(4, op);
        foreach (Wire attribute in attributes)
            node.Message(5, attribute);
        return node;
    }

    public static Wire Tensor(string name, int dataType, params long[] dims)
    {
        var tensor = new Wire();
        foreach (long size in dims)
            tensor.Varint(1, size);
        return tensor.Varint(2, dataType).Text(8, name);
    }

    public static Wire Tensor(string name, float[] values, params long[] dims) =>
        Tensor(name, 1, dims).Bytes(9, values.SelectMany(BitConverter.GetBytes).ToArray());

    public static Wire Value(string name, int elementType, params object[] dims)
    {
        var shape = new Wire();
        foreach (object size in dims)
            shape.Message(1, size is string symbol ? new Wire().Text(2, symbol) : new Wire().Varint(1, Convert.ToInt64(size)));
        return new Wire().Text(1, name).Message(2, new Wire().Message(1, new Wire().Varint(1, elementType).Message(2, shape)));
    }

    /// <summary>y = x * W with W of shape (2, 3).</summary>
    public static Wire LinearGraph() => new Wire()
        .Message(1, Node("MatMul", ["x", "W"], ["y"]))
        .Text(2, "linear")
        .Message(5, Tensor("W", [1, 2, 3, 4, 5, 6], 2, 3))
        .Message(11, Value("x", 1, "batch", 2))
        .Message(12, Value("y", 1, "batch", 3));

    public static OnnxModel Parse(Wire model) => OnnxModel.Parse(model.ToArray(), "hand-made.onnx");
}
