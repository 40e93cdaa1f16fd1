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
        table.Add("Cast", since: 6, Cast);
        table.Add("Constant", since: 1, Constant);
    }

    private static Operation Cast(NodeContext node)
    {
        long to = node.Node.GetInt("to", 0);
        ScalarType type = ElementTypes.FromOnnx((int)to) ?? throw node.Fail($"element type {to} is not supported");
        return Unary(x => x.dtype == type ? x.alias() : x.to(type));
    }

    private static Operation Constant(NodeContext node)
    {
        if (node.Node.GetTensor("value") is { } value)
            return _ => [WeightTensors.Create(value)];
        if (node.Node.GetInts("value_ints") is { } integers)
            return _ => [tensor(integers.ToArray())];
        if (node.Node.GetFloats("value_floats") is { } floats)
            return _ => [tensor(floats.ToArray())];
        if (node.Node.HasAttribute("value_int"))
            return _ => [tensor(node.Node.GetInt("value_int", 0))];
        if (node.Node.HasAttribute("value_float"))
            return _ => [tensor(node.Node.GetFloat("value_float", 0))];
        throw node.Fail("only the attributes value, value_int(s) and value_float(s) are supported");
    }
}
