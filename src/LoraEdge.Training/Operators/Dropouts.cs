using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Dropout as it is in inference: nothing is dropped. A node in training mode is refused, for then the served model itself
/// would be random. Exporters leave one behind when a model is exported without switching to evaluation first.
/// </summary>
internal static class Dropouts
{
    public static void Register(OperatorTable table)
    {
        table.Add("Dropout", since: 7, node => Kept(node, node.Type(0), keep: false));
        table.Add("Dropout", since: 10, node => Kept(node, ScalarType.Bool, keep: false));
        table.Add("Dropout", since: 12, WithTrainingMode);
    }

    private static Operation WithTrainingMode(NodeContext node)
    {
        if (node.Has(2) && IsTraining(node))
            RequireNoDropping(node);
        return Kept(node, ScalarType.Bool, keep: true);
    }

    /// <summary>The input, and a mask where one is asked for: of ones, or before opset 12 of zeros, as ONNX Runtime gives it.</summary>
    private static Operation Kept(NodeContext node, ScalarType maskType, bool keep)
    {
        node.RequireFloats(0);
        if (node.Node.Outputs.Count < 2)
            return inputs => [inputs[0]!.alias()];
        return inputs => [inputs[0]!.alias(), keep ? ones_like(inputs[0]!, maskType) : zeros_like(inputs[0]!, maskType)];
    }

    private static bool IsTraining(NodeContext node)
    {
        node.RequireBooleans(2);
        node.Require(node.Shape(2).All(size => size == 1), "training_mode must be a single truth value");
        return node.Value(2).item<bool>();
    }

    private static void RequireNoDropping(NodeContext node)
    {
        double ratio = node.Has(1) ? node.Numbers(1) is [var only] ? only : throw node.Fail("ratio must be a single number") : 0.5;
        if (ratio == 0)
            return;
        const string Refusal = "training_mode is true, and Dropout is only computed as it is in inference";
        throw node.Constant(2) is not null
            ? node.Fail($"{Refusal}; export the model in evaluation mode")
            : new InvalidInputException($"Node '{node.Node.DisplayName}' (Dropout): {Refusal}; give false.");
    }
}
