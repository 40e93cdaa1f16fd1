using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Normalisation over axes of one record.</summary>
internal static class Normalization
{
    public static void Register(OperatorTable table) => table.Add("LayerNormalization", since: 17, LayerNormalization);

    private static Operation LayerNormalization(NodeContext node)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), shape.Length);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        long[] normalized = [.. shape.Skip(axis)];
        node.Require(node.Node.Outputs.Count(name => name.Length > 0) == 1, "the optional outputs Mean and InvStdDev are not supported");
        node.Require(node.Shape(1).SequenceEqual(normalized), "Scale must have the shape of the normalised axes");
        node.Require(!node.Has(2) || node.Shape(2).SequenceEqual(normalized), "B must have the shape of the normalised axes");
        bool hasBias = node.Has(2);
        return inputs => [nn.functional.layer_norm(inputs[0]!, normalized, inputs[1]!, hasBias ? inputs[2] : null, epsilon)];
    }
}
