using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using TorchSharp.Modules;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Smooth non-linearities.</summary>
internal static class Activations
{
    public static void Register(OperatorTable table)
    {
        table.Add("Sigmoid", since: 6, OnFloats(x => x.sigmoid()));
        table.Add("Tanh", since: 6, OnFloats(x => x.tanh()));
        table.Add("Softplus", since: 1, OnFloats(x => x.softplus()));
        table.Add("Softsign", since: 1, OnFloats(Softsign));
        table.Add("Mish", since: 18, OnFloats(x => nn.functional.mish(x)));
        table.Add("Gelu", since: 20, Gelu, ObjectionToGelu);
        table.Add("Swish", since: 24, Swish);
        table.Add("Elu", since: 6, Elu);
        table.Add("Selu", since: 6, Selu);
        table.Add("Celu", since: 12, Celu);
    }

    private static Tensor Softsign(Tensor x)
    {
        using Tensor magnitude = x.abs(), scale = magnitude.add(Number.One, Number.One);
        return x.div(scale);
    }

    private static Operation Gelu(NodeContext node)
    {
        node.RequireFloats(0);
        GELU.Approximate form = node.Node.GetString("approximate", "none") == "tanh" ? GELU.Approximate.tanh : GELU.Approximate.none;
        return Unary(x => x.gelu(form));
    }

    private static string? ObjectionToGelu(OnnxNode node) =>
        node.GetString("approximate", "none") is "none" or "tanh" ? null : "approximate must be none or tanh";

    private static Operation Swish(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 1);
        return alpha == 1 ? Unary(x => x.silu()) : Unary(x =>
        {
            using Tensor scaled = x.mul(Number.Of(alpha)), gate = scaled.sigmoid();
            return x.mul(gate);
        });
    }

    private static Operation Elu(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 1);
        return Unary(x => x.elu(Number.Of(alpha), Number.One, Number.One));
    }

    private static Operation Selu(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 1.67326319217681884765625f), gamma = node.Node.GetFloat("gamma", 1.05070102214813232421875f);
        return Unary(x => x.elu(Number.Of(alpha), Number.Of(gamma), Number.One));
    }

    private static Operation Celu(NodeContext node)
    {
        node.RequireFloats(0);
        float alpha = node.Node.GetFloat("alpha", 1);
        node.Require(alpha != 0, "alpha must not be 0");
        return Unary(x => x.celu(Number.Of(alpha)));
    }
}
