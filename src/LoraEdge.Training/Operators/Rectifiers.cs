using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Non-linearities made of straight lines.</summary>
internal static class Rectifiers
{
    public static void Register(OperatorTable table)
    {
        table.Add("Relu", since: 6, OnNumbers(x => x.relu()));
        table.Add("LeakyRelu", since: 6, LeakyRelu);
        table.Add("PRelu", since: 7, PRelu);
        table.Add("ThresholdedRelu", since: 10, ThresholdedRelu);
        table.Add("HardSigmoid", since: 6, HardSigmoid);
        table.Add("HardSwish", since: 14, OnFloats(x => nn.functional.hardswish(x)));
        table.Add("Shrink", since: 9, Shrink);
    }

    private static Operation LeakyRelu(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 0.01f);
        return Unary(x => x.leaky_relu(Number.Of(alpha)));
    }

    private static Operation PRelu(NodeContext node)
    {
        node.RequireNumbers(0);
        node.RequireSameType();
        node.Require(node.RequireBroadcast().SequenceEqual(node.Shape(0)), "the slope cannot be broadcast to the input");
        return Binary((x, slope) =>
        {
            using Tensor negative = x.lt(Number.Of(0)), scaled = x.mul(slope);
            return where(negative, scaled, x);
        });
    }

    private static Operation ThresholdedRelu(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 1);
        return Unary(x => x.threshold(Number.Of(alpha), Number.Of(0)));
    }

    private static Operation HardSigmoid(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 0.2f), beta = node.Node.GetFloat("beta", 0.5f);
        // What PyTorch's exporter writes for its own hardsigmoid.
        if (alpha == 1f / 6 && beta == 0.5f)
            return Unary(x => nn.functional.hardsigmoid(x));
        return Unary(x =>
        {
            using Tensor scaled = x.mul(Number.Of(alpha)), line = scaled.add(Number.Of(beta), Number.One);
            return line.clamp(Number.Of(0), Number.One);
        });
    }

    private static Operation Shrink(NodeContext node)
    {
        node.RequireNumbers(0);
        float bias = node.Node.GetFloat("bias", 0), lambda = node.Node.GetFloat("lambd", 0.5f);
        ScalarType type = node.Type(0);
        return Unary(x =>
        {
            using Tensor below = x.lt(Number.Of(-lambda)), raised = x.add(Number.Of(bias), Number.One), above = x.gt(Number.Of(lambda)), lowered = x.sub(Number.Of(bias));
            using Tensor zero = zeros_like(lowered), positive = where(above, lowered, zero), all = where(below, raised, positive);
            return all.to(type);
        });
    }
}
