using LoraEdge.Onnx;

namespace LoraEdge.Training;

/// <summary>
/// Finds the part of a graph in front of the objective that treats every position of a sequence alike: each node maps the last
/// axis of one value, with constants for everything else. It can be run on some of the positions.
/// </summary>
internal static class PositionwiseHead
{
    private static readonly HashSet<string> s_elementwise = new(StringComparer.Ordinal)
        { "Relu", "LeakyRelu", "Elu", "Gelu", "Tanh", "Sigmoid", "Erf", "Exp", "Log", "Sqrt", "Neg", "Abs", "Softplus", "HardSwish", "Mish", "Cast", "Identity" };

    /// <summary>The value that the head reads; null when the objective has no such head with a product in it.</summary>
    public static string? Find(OnnxModel model, Objective objective)
    {
        if (objective.Loss is not (LossKind.CrossEntropy or LossKind.SequenceCrossEntropy))
            return null;
        (string value, string? input) = (objective.ValueName, null);
        while (model.Graph.ProducerOf(value) is { } node && InputOf(model, node) is { } source)
        {
            value = source;
            if (node.OpType == "MatMul")
                input = value;
        }

        return input is not null && model.Graph.ProducerOf(input) is not null ? input : null;
    }

    /// <summary>The one input of a node that is not constant, when the node maps its last axis and nothing else.</summary>
    private static string? InputOf(OnnxModel model, OnnxNode node)
    {
        if (node.Domain.Length > 0 || node.Outputs.Count != 1 || node.Inputs.Count == 0 || IsConstant(model.Graph, node.Inputs[0]))
            return null;
        bool positionwise = node.OpType switch
        {
            "MatMul" => node.Inputs.Count == 2 && RankOf(model.Graph, node.Inputs[1]) == 2,
            "Add" or "Sub" or "Mul" or "Div" => node.Inputs.Count == 2 && RankOf(model.Graph, node.Inputs[1]) <= 1,
            "Softmax" or "LogSoftmax" => model.Opsets.TryGetValue("", out long opset) && opset >= 13 && node.GetInt("axis", -1) == -1,
            "LayerNormalization" => node.GetInt("axis", -1) == -1 && node.Inputs.Skip(1).All(input => input.Length == 0 || IsConstant(model.Graph, input)),
            _ => node.Inputs.Count == 1 && s_elementwise.Contains(node.OpType),
        };
        return positionwise ? node.Inputs[0] : null;
    }

    /// <summary>Number of axes of a constant; a large number when that is not known without computing it.</summary>
    private static int RankOf(OnnxGraph graph, string value)
    {
        while (!graph.Initializers.ContainsKey(value) && graph.ProducerOf(value) is { OpType: "Transpose" or "Cast" or "Identity" or "DequantizeLinear", Domain: "", Inputs.Count: > 0 } node
            && node.Inputs.Skip(1).All(input => input.Length == 0 || IsConstant(graph, input)))
        {
            value = node.Inputs[0];
        }

        return graph.Initializers.TryGetValue(value, out Initializer? initializer) ? initializer.Dims.Length : int.MaxValue;
    }

    private static bool IsConstant(OnnxGraph graph, string value) => RankOf(graph, value) != int.MaxValue;
}
