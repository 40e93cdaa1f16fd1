using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Windows of signal processing: sums of cosines.</summary>
internal static class Windows
{
    /// <summary>Most elements of a window; thousands of times what is in use.</summary>
    private const long MaxSize = 1L << 24;

    public static void Register(OperatorTable table)
    {
        table.Add("HannWindow", since: 17, node => Window(node, 0.5, 0.5, 0), Objection);
        table.Add("HammingWindow", since: 17, node => Window(node, 25.0 / 46, 21.0 / 46, 0), Objection);
        table.Add("BlackmanWindow", since: 17, node => Window(node, 0.42, 0.5, 0.08), Objection);
    }

    /// <summary><c>a - b cos(t) + c cos(2t)</c>.</summary>
    private static Operation Window(NodeContext node, double a, double b, double c)
    {
        long[] size = node.Integers(0);
        node.Require(size.Length == 1 && size[0] is >= 0 and <= MaxSize, $"the size must be one integer of up to {MaxSize}");
        bool periodic = node.Node.GetInt("periodic", 1) != 0;
        double step = 2 * Math.PI / (periodic ? size[0] : size[0] - 1);
        double[] values = [.. Enumerable.Range(0, (int)size[0]).Select(at => a - b * Math.Cos(step * at) + c * Math.Cos(2 * step * at))];
        ScalarType type = ElementTypes.FromOnnx((int)node.Node.GetInt("output_datatype", OnnxDataType.Float))!.Value;
        return _ => [tensor(values, type, node.Device)];
    }

    private static string? Objection(OnnxNode node) =>
        ElementTypes.FromOnnx((int)node.GetInt("output_datatype", OnnxDataType.Float)) is null ? $"the element type {node.GetInt("output_datatype", 0)} is not supported" : null;
}
