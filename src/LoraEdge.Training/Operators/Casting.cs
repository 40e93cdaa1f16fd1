using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Constants and conversions of the element type.</summary>
internal static class Casting
{
    public static void Register(OperatorTable table)
    {
        table.Add("Cast", since: 6, Cast, node => ObjectionToType(node.GetInt("to", 0)));
        table.Add("CastLike", since: 15, CastLike);
        table.Add("Constant", since: 1, Constant, ObjectionToConstant);
    }

    private static Operation Cast(NodeContext node) => To(node, ElementTypes.FromOnnx((int)node.Node.GetInt("to", 0))!.Value);

    private static Operation CastLike(NodeContext node) => To(node, node.Type(1));

    private static Operation To(NodeContext node, ScalarType type)
    {
        if (node.Type(0) == type)
            return Unary(x => x.alias());
        // Numbers out of range are cut off as ONNX Runtime does it, by way of int32.
        return node.Type(0) == ScalarType.Float64 && type == ScalarType.Byte ? Unary(ThroughInt32) : Unary(x => x.to(type));
    }

    private static Tensor ThroughInt32(Tensor x)
    {
        using Tensor wide = x.to(ScalarType.Int32);
        return wide.to(ScalarType.Byte);
    }

    private static Operation Constant(NodeContext node)
    {
        if (node.Node.GetTensor("value") is { } value)
            return _ => [WeightTensors.Create(value, node.Device)];
        if (node.Node.GetInts("value_ints") is { } integers)
            return _ => [tensor(integers.ToArray(), device: node.Device)];
        if (node.Node.GetFloats("value_floats") is { } floats)
            return _ => [tensor(floats.ToArray(), device: node.Device)];
        return node.Node.HasAttribute("value_int")
            ? _ => [tensor(node.Node.GetInt("value_int", 0), device: node.Device)]
            : _ => [tensor(node.Node.GetFloat("value_float", 0), device: node.Device)];
    }

    private static string? ObjectionToConstant(OnnxNode node)
    {
        if (node.GetTensor("value") is { } value)
            return ObjectionToType(value.DataType);
        return node.AttributeNames.Any(name => name is "value_int" or "value_ints" or "value_float" or "value_floats")
            ? null
            : "only the attributes value, value_int(s) and value_float(s) are supported";
    }

    private static string? ObjectionToType(long type) =>
        type is < 0 or > int.MaxValue || ElementTypes.FromOnnx((int)type) is null ? $"the element type {OnnxDataType.NameOf((int)type)} is not supported" : null;
}
