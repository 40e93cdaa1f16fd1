namespace LoraEdge.Onnx.Parity;

/// <summary>
/// How far two correct executions of a model may be apart, relative to the scale of the value they are compared by: its
/// largest finite magnitude, or 1 where it is zero everywhere.
/// </summary>
public static class ParityTolerance
{
    /// <summary>fp32 on both sides, summed in different orders.</summary>
    public const double Float32 = 1e-4;

    /// <summary>
    /// Models that round on the way, to half precision or to 8-bit integers: a difference of one fp32 bit before the rounding
    /// is one of 1/1024 or 1/255 of the scale behind it.
    /// </summary>
    public const double Rounded = 1e-2;

    /// <summary>The tolerance for a model.</summary>
    public static double Of(OnnxGraph graph) => Rounds(graph) ? Rounded : Float32;

    private static bool Rounds(OnnxGraph graph) =>
        graph.Initializers.Values.Any(initializer => IsHalf(initializer.DataType))
        || graph.Inputs.Concat(graph.Outputs).Any(value => IsHalf(value.ElementType))
        || graph.Nodes.Any(node => node.OpType is "DynamicQuantizeLinear" or "QuantizeLinear" || (node.OpType == "Cast" && node.Domain.Length == 0 && IsHalf((int)node.GetInt("to", 0))));

    private static bool IsHalf(int type) => type is OnnxDataType.Float16 or OnnxDataType.BFloat16;
}
