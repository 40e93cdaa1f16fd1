using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// From real numbers to integers and back: <c>q = saturate(round(x / scale) + zero)</c>, <c>x = (q - zero) * scale</c>.
/// Forward as ONNX Runtime computes it, backward straight through (Jacob et al., arXiv:1712.05877, section 3).
/// </summary>
internal static class Quantizing
{
    public static void Register(OperatorTable table)
    {
        table.Add("QuantizeLinear", since: 10, Quantize, node => ObjectionTo(node.GetInt("output_dtype", 0), "quantized type", QuantizedType) ?? ObjectionToPrecision(node));
        table.Add("DequantizeLinear", since: 10, Dequantize, node => ObjectionTo(node.GetInt("output_dtype", 0), "type of the result", RealType));
        // ONNX Runtime had forms of its own for 16 bits before ONNX had them.
        table.Add("QuantizeLinear", since: 1, Quantize, domain: "com.microsoft");
        table.Add("DequantizeLinear", since: 1, Dequantize, domain: "com.microsoft");
        table.Add("DynamicQuantizeLinear", since: 11, DynamicQuantize);
    }

    private static Operation Quantize(NodeContext node)
    {
        node.Require(is_floating_point(node.Type(0)) || node.Type(0) == ScalarType.Int32, "only floating-point numbers and int32 are quantized");
        node.RequireFloats(1);
        ScalarType type = node.Has(2) ? node.Type(2) : QuantizedType(node.Node.GetInt("output_dtype", 0)) ?? ScalarType.Byte;
        IntegerGrid grid = IntegerGrid.Of(type) ?? throw node.Fail($"the zero point has the type {type}");
        ScaleLayout layout = ScaleLayout.Of(node);
        (bool hasZero, bool carried) = (node.Has(2), node.CarriesResult);
        return inputs =>
        {
            using Tensor x = inputs[0]!.to(ScalarType.Float32), scale = layout.Spread(inputs[1]!), ratio = x.div(scale);
            using Tensor? zero = hasZero ? layout.Spread(inputs[2]!) : null;
            return [grid.Round(ratio, zero, carried)];
        };
    }

    private static Operation Dequantize(NodeContext node)
    {
        ScalarType type = node.Type(0);
        node.Require(node.IsCarried(0) || type == ScalarType.Int32 || IntegerGrid.Of(type) is not null, $"{type} is not a quantized type");
        node.RequireFloats(1);
        node.Require(!node.Has(2) || node.Type(2) == type || (node.IsCarried(0) && IntegerGrid.Of(node.Type(2)) is not null), "the zero point must have the type of x");
        ScaleLayout layout = ScaleLayout.Of(node);
        ScalarType result = RealType(node.Node.GetInt("output_dtype", 0)) ?? node.Type(1);
        bool hasZero = node.Has(2);
        return inputs =>
        {
            // float32 holds the difference of two integers of 16 bits exactly; differences of int32 are not used by anybody.
            using Tensor x = inputs[0]!.to(ScalarType.Float32), scale = layout.Spread(inputs[1]!);
            using Tensor? zero = hasZero ? layout.Spread(inputs[2]!) : null;
            using Tensor difference = zero is null ? x.alias() : x.sub(zero), real = difference.mul(scale);
            return [real.to(result)];
        };
    }

    private static Operation DynamicQuantize(NodeContext node)
    {
        node.Require(node.Type(0) == ScalarType.Float32, "only float32 is quantized");
        bool carried = node.CarriesResult;
        return inputs =>
        {
            (Tensor quantized, Tensor scale, Tensor zero) = DynamicRange.Quantize(inputs[0]!, carried);
            using (zero)
                return [quantized, scale, zero.to(ScalarType.Byte)];
        };
    }

    private static ScalarType? QuantizedType(long type) => ElementTypes.FromOnnx((int)type) is { } known && IntegerGrid.Of(known) is not null ? known : null;

    private static ScalarType? RealType(long type) => ElementTypes.FromOnnx((int)type) is { } known && is_floating_point(known) ? known : null;

    private static string? ObjectionToPrecision(OnnxNode node) =>
        node.GetInt("precision", 0) is 0 or OnnxDataType.Float ? null : "only a precision of float32 is supported";

    private static string? ObjectionTo(long type, string what, Func<long, ScalarType?> known) =>
        type == 0 || known(type) is not null ? null : $"{OnnxDataType.NameOf((int)type)} is not supported as the {what}";
}
