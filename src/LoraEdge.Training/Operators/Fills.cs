using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that make a tensor out of nothing but its shape.</summary>
internal static class Fills
{
    public static void Register(OperatorTable table)
    {
        table.Add("ConstantOfShape", since: 9, ConstantOfShape, ObjectionToValue);
        table.Add("EyeLike", since: 9, EyeLike, ObjectionToType);
    }

    private static Operation ConstantOfShape(NodeContext node)
    {
        node.Require(node.Rank(0) == 1, "the shape must be a list");
        long[] shape = node.RequireSize(node.Integers(0));
        Initializer? value = node.Node.GetTensor("value");
        node.Require(value is null or { Count: 1 }, "the value must be one number");
        return _ =>
        {
            using Tensor given = value is null ? zeros(1, device: node.Device) : WeightTensors.Create(value, node.Device), one = given.reshape();
            return [one.expand(shape)];
        };
    }

    private static Operation EyeLike(NodeContext node)
    {
        long[] shape = node.Shape(0);
        node.Require(shape.Length == 2, "it takes a matrix");
        ScalarType type = node.Node.HasAttribute("dtype") ? ElementTypes.FromOnnx((int)node.Node.GetInt("dtype", 0))!.Value : node.Type(0);
        long diagonal = Triangles.Within(node.Node.GetInt("k", 0), shape[0], shape[1]);
        node.DependsOnShapesOnly = true;
        return _ =>
        {
            using Tensor all = ones(shape, type, node.Device), upper = all.triu(diagonal);
            return [upper.tril(diagonal)];
        };
    }

    private static string? ObjectionToValue(OnnxNode node) =>
        node.GetTensor("value") is { } value && ElementTypes.FromOnnx(value.DataType) is null ? $"the element type {OnnxDataType.NameOf(value.DataType)} is not supported" : null;

    private static string? ObjectionToType(OnnxNode node) =>
        node.HasAttribute("dtype") && ElementTypes.FromOnnx((int)node.GetInt("dtype", 0)) is null ? $"the element type {node.GetInt("dtype", 0)} is not supported" : null;
}
