using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Checks that the objective's value is one that its loss can be computed on.</summary>
internal static class ObjectiveCheck
{
    /// <summary>Runs one record.</summary>
    /// <param name="executor">Runs the model with the weights that are trained.</param>
    /// <param name="objective">The objective.</param>
    /// <param name="record">A record that <see cref="RecordCheck"/> has accepted.</param>
    /// <returns>Number of classes: the size of the value's last axis.</returns>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together, or no trained weight can change the value.</exception>
    /// <exception cref="InvalidInputException">The record's target does not fit the value.</exception>
    public static int Require(GraphExecutor executor, Objective objective, Interaction record)
    {
        using RecordBatch batch = RecordBatcher.Create([record], classCount: 1, executor.Placement.Device);
        using Tensor value = executor.Run(batch.Inputs, objective.ValueName)[0];
        RequireFit(objective, value, batch);
        if (!value.requires_grad)
            throw new InvalidOptionsException($"No trained weight can change the objective '{objective.ValueName}' by operations that have gradients; name a value before any rounding or choice is made.");
        return (int)value.shape[^1];
    }

    /// <summary>Compares the value of a batch with its targets, since libtorch would broadcast some mismatches and end in others.</summary>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together.</exception>
    /// <exception cref="InvalidInputException">The targets do not fit the value.</exception>
    public static void RequireFit(Objective objective, Tensor value, RecordBatch batch)
    {
        string described = Describe(objective, value);
        RequireForm(objective, described, value.is_floating_point(), [.. value.shape.Select(size => (long?)size)]);
        RequireBatchAxis(objective, value, batch.Weights.shape[0]);
        if (objective.Loss == LossKind.SequenceCrossEntropy)
            RequireCount(described, "positions", value.shape[1], batch.Classes!, batch);
        else if (objective.Loss != LossKind.CrossEntropy)
            RequireCount(described, "elements", value.shape.Skip(1).Aggregate(1L, (product, size) => product * size), batch.Values!, batch);
    }

    /// <summary>Checks what the model declares about the value; internal values are not declared, and what is not passes.</summary>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together.</exception>
    public static void RequireDeclared(OnnxModel model, Objective objective)
    {
        if (model.Graph.Outputs.FirstOrDefault(output => output.Name == objective.ValueName) is not { Shape: { } shape } value)
            return;
        bool isFloat = value.ElementType is 0 or OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16 or OnnxDataType.Double;
        RequireForm(objective, $"'{value.Name}' of type {OnnxDataType.NameOf(value.ElementType)} and shape [{string.Join(",", shape)}]", isFloat, [.. shape.Select(axis => axis.Size)]);
    }

    /// <exception cref="InvalidOptionsException">The value does not have one entry a record on its first axis.</exception>
    public static void RequireBatchAxis(Objective objective, Tensor value, long records)
    {
        if (value.dim() == 0 || value.shape[0] != records)
            throw new InvalidOptionsException($"The objective {Describe(objective, value)} does not have the batch of {records} as its first axis.");
    }

    /// <summary>Compares the loss with a value of which not every size is known.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="described">Its value, for messages.</param>
    /// <param name="isFloat">Whether the value holds floating-point numbers.</param>
    /// <param name="shape">Sizes of the value's axes; null for one that is not known.</param>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together.</exception>
    private static void RequireForm(Objective objective, string described, bool isFloat, long?[] shape)
    {
        if (!isFloat)
            throw new InvalidOptionsException($"The objective {described} does not hold floating-point numbers.");
        bool hasPosition = shape.Length == 3 && (shape[1] is not { } positions || (objective.Position >= -positions && objective.Position < positions));
        if (objective.Loss == LossKind.CrossEntropy && shape.Length != 2 && !hasPosition)
            throw new InvalidOptionsException($"A cross-entropy of one class needs a value (N, C), or (N, T, C) with a position within T; {described} and position {objective.Position} are not.");
        if (objective.Loss == LossKind.SequenceCrossEntropy && shape.Length != 3)
            throw new InvalidOptionsException($"A cross-entropy of a sequence needs a value (N, T, C); {described} is not.");
    }

    private static string Describe(Objective objective, Tensor value) => $"'{objective.ValueName}' of type {value.dtype} and shape [{string.Join(",", value.shape)}]";

    private static void RequireCount(string described, string what, long count, Tensor targets, RecordBatch batch)
    {
        long given = targets.numel() / targets.shape[0];
        if (given != count)
            throw new InvalidInputException($"{described} has {count} {what} per record, but the targets have {given}; give one number for each.") { Records = batch.Records };
    }
}
