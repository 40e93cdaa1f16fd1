using LoraEdge.Training.Execution;
using TorchSharp.Modules;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Gelu in the forms of com.microsoft: exact, approximated, and with the bias of the layer before it; and QuickGelu.</summary>
internal static class FusedActivations
{
    public static void Register(OperatorTable table)
    {
        table.Add("Gelu", since: 1, OnFloats(x => x.gelu()), domain: Domains.Microsoft);
        table.Add("FastGelu", since: 1, node => WithBias(node, x => x.gelu(GELU.Approximate.tanh)), domain: Domains.Microsoft);
        table.Add("BiasGelu", since: 1, BiasGelu, domain: Domains.Microsoft);
        table.Add("QuickGelu", since: 1, node => Swish(node, usualAlpha: 1.702f), domain: Domains.Microsoft);
    }

    private static Operation BiasGelu(NodeContext node)
    {
        node.Require(node.Has(1), "the bias is missing");
        return WithBias(node, x => x.gelu());
    }

    private static Operation WithBias(NodeContext node, Func<Tensor, Tensor> function)
    {
        node.RequireFloats(0);
        if (!node.Has(1))
            return Unary(function);
        node.Require(node.Rank(0) > 0, "there is no axis for the bias");
        node.RequireVector(1, node.Shape(0)[^1], like: 0);
        return Binary((x, bias) =>
        {
            using Tensor sum = x.add(bias, Number.One);
            return function(sum);
        });
    }

    /// <summary><c>x * sigmoid(alpha * x)</c>.</summary>
    private static Operation Swish(NodeContext node, float usualAlpha)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", usualAlpha);
        if (alpha == 1)
            return Unary(x => x.silu());
        return Unary(x =>
        {
            using Tensor scaled = x.mul(Number.Of(alpha)), gate = scaled.sigmoid();
            return gate.mul(x);
        });
    }
}
