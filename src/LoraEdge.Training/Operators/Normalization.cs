using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Normalisation over axes of one record.</summary>
internal static class Normalization
{
    public static void Register(OperatorTable table) =>
        table.Add("LayerNormalization", since: 17, LayerNormalization, Objection);

    internal static Operation LayerNormalization(NodeContext node)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), shape.Length);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        long[] normalized = [.. shape.Skip(axis)];
        node.RequireFloats(0);
        RequireLike(node, "Scale", 1, normalized);
        bool hasBias = node.Has(2);
        if (hasBias)
            RequireLike(node, "B", 2, normalized);
        return inputs => [nn.functional.layer_norm(inputs[0]!, normalized, inputs[1]!, hasBias ? inputs[2] : null, epsilon)];
    }

    private static void RequireLike(NodeContext node, string name, int index, long[] normalized)
    {
        node.Require(node.Shape(index).SequenceEqual(normalized), $"{name} must have the shape of the normalised axes");
        node.Require(node.Type(index) == node.Type(0), $"{name} must have the element type of X");
    }

    internal static string? Objection(OnnxNode node)
    {
        if (node.Outputs.Count(name => name.Length > 0) > 1)
            return "the optional outputs Mean and InvStdDev are not supported";
        return node.GetInt("stash_type", 1) == 1 ? null : "only stash_type 1 (float32) is supported";
    }
}
