using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Clip: its bounds are attributes at first, inputs from opset 11 on, where the upper one holds if they cross.</summary>
internal static class Clipping
{
    public static void Register(OperatorTable table)
    {
        table.Add("Clip", since: 6, ByAttributes);
        table.Add("Clip", since: 11, ByInputs);
    }

    private static Operation ByAttributes(NodeContext node)
    {
        node.RequireFloats(0);
        double? low = Attribute(node, "min"), high = Attribute(node, "max");
        node.Require(!(low > high), "min is above max");
        return Between(low is { } l ? Number.Of(l) : null, high is { } h ? Number.Of(h) : null);
    }

    private static Operation ByInputs(NodeContext node)
    {
        node.RequireNumbers(0);
        for (int index = 1; index < node.InputCount; index++)
            CheckBound(node, index);
        if ((node.Has(1) && node.Constant(1) is null) || (node.Has(2) && node.Constant(2) is null))
            return BetweenTensors;
        return Between(node.Has(1) ? Number.Of(node.Constant(1)!) : null, node.Has(2) ? Number.Of(node.Constant(2)!) : null);
    }

    /// <summary>Numbers that are fixed cost no pass over a mask in backward.</summary>
    private static Operation Between(Scalar? low, Scalar? high) =>
        low is null && high is null ? Unary(x => x.alias()) : Unary(x => x.clamp(low, high));

    private static Tensor[] BetweenTensors(Tensor?[] inputs)
    {
        // A bound of shape [1] must not add an axis to a scalar.
        using Tensor? low = inputs.ElementAtOrDefault(1)?.reshape(), high = inputs.ElementAtOrDefault(2)?.reshape();
        return [inputs[0]!.clamp(low, high)];
    }

    private static void CheckBound(NodeContext node, int index)
    {
        if (!node.Has(index))
            return;
        node.Require(node.Shape(index).All(size => size == 1) && node.Rank(index) <= 1, "bounds are single numbers");
        node.RequireSameType(0, index);
    }

    /// <summary>libtorch refuses a bound that the type cannot hold; exporters give float32's limits to float16 too.</summary>
    private static double? Attribute(NodeContext node, string name)
    {
        if (!node.Node.HasAttribute(name))
            return null;
        float bound = node.Node.GetFloat(name, 0);
        return Math.Abs(bound) <= finfo(node.Type(0)).max ? bound : bound * float.PositiveInfinity;
    }
}
