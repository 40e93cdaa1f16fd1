using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Runs one record to see whether the objective's value has the rank its loss needs.</summary>
internal static class ObjectiveCheck
{
    /// <returns>Number of classes: the size of the value's last axis.</returns>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together.</exception>
    /// <exception cref="InvalidInputException">The record's target does not fit the value.</exception>
    public static int Require(GraphExecutor executor, Objective objective, Interaction record)
    {
        using var _ = no_grad();
        using RecordBatch batch = RecordBatcher.Create([record], classCount: 1);
        using Tensor value = executor.Run(batch.Inputs, objective.ValueName)[0];
        long[] shape = value.shape;
        string described = $"'{objective.ValueName}' of shape [{string.Join(",", shape)}]";
        if (shape.Length == 0 || shape[0] != 1)
            throw new InvalidOptionsException($"The objective {described} does not keep the batch axis first.");
        Check(objective, record.Target, shape, described);
        return (int)shape[^1];
    }

    private static void Check(Objective objective, Target target, long[] shape, string described)
    {
        switch (objective.Loss)
        {
            case LossKind.CrossEntropy:
                bool hasPosition = shape.Length == 3 && objective.Position >= -shape[1] && objective.Position < shape[1];
                if (shape.Length != 2 && !hasPosition)
                    throw new InvalidOptionsException($"A cross-entropy of one class needs a value (N, C), or (N, T, C) with a position within T; {described} and position {objective.Position} are not.");
                break;
            case LossKind.SequenceCrossEntropy:
                if (shape.Length != 3 || shape[1] != target.Classes!.Length)
                    throw new InvalidOptionsException($"A cross-entropy of a sequence needs a value (N, T, C) with as many positions as the target ({target.Classes!.Length}); {described} is not.");
                break;
            default:
                if (shape.Aggregate(1L, (product, size) => product * size) != target.Values!.Length)
                    throw new InvalidInputException($"{described} has another number of elements than the target ({target.Values!.Length}).");
                break;
        }
    }
}
