using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// The losses of a class label that appear as nodes: scores or log probabilities (N, C, d1, ...), labels (N, d1, ...), and
/// weights (C) where given.
/// </summary>
internal static class ClassLosses
{
    public static void Register(OperatorTable table)
    {
        table.Add("NegativeLogLikelihoodLoss", since: 12, LogLikelihood, Objection);
        table.Add("SoftmaxCrossEntropyLoss", since: 12, CrossEntropy, Objection);
    }

    private static Operation LogLikelihood(NodeContext node)
    {
        LabelLoss loss = Prepare(node);
        return inputs => [loss.Of(inputs[0]!, inputs[1]!, inputs.ElementAtOrDefault(2))];
    }

    private static Operation CrossEntropy(NodeContext node)
    {
        LabelLoss loss = Prepare(node);
        return inputs =>
        {
            Tensor logProbabilities = nn.functional.log_softmax(inputs[0]!, 1);
            try
            {
                return [loss.Of(logProbabilities, inputs[1]!, inputs.ElementAtOrDefault(2)), logProbabilities.alias()];
            }
            finally
            {
                logProbabilities.Dispose();
            }
        };
    }

    private static LabelLoss Prepare(NodeContext node)
    {
        long[] scores = node.Shape(0);
        node.RequireFloats(0);
        node.Require(scores.Length >= 2, "scores have an axis of records and one of classes at least");
        node.Require(node.Type(1) is ScalarType.Int32 or ScalarType.Int64, "labels must be int32 or int64");
        node.Require(node.Shape(1).SequenceEqual([scores[0], .. scores.Skip(2)]), "labels must have the shape of the scores without the axis of classes");
        if (node.Has(2))
        {
            node.Require(node.Shape(2).SequenceEqual([scores[1]]), $"weights must be one number for each of the {scores[1]} classes");
            node.RequireSameType(0, 2);
        }

        long? ignored = node.Node.HasAttribute("ignore_index") ? node.Node.GetInt("ignore_index", 0) : null;
        return new LabelLoss(node.Node, scores[1], ignored, node.Node.GetString("reduction", "mean"));
    }

    private static string? Objection(OnnxNode node) =>
        node.GetString("reduction", "mean") is "mean" or "sum" or "none" ? null : "reduction must be mean, sum or none";
}
