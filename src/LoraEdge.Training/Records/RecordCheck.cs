using LoraEdge.Onnx;

namespace LoraEdge.Training.Records;

/// <summary>Checks records against the model's inputs and the objective, before any of them reaches libtorch.</summary>
internal static class RecordCheck
{
    /// <exception cref="InvalidInputException">A record does not fit; the message names its index.</exception>
    public static void Require(OnnxModel model, Objective objective, IReadOnlyList<Interaction> records)
    {
        for (int i = 0; i < records.Count; i++)
        {
            if (Problem(model, objective, records[i]) is { } problem)
                throw new InvalidInputException($"Record {i} of {records.Count} does not fit {model.Name}: {problem}.");
        }
    }

    private static string? Problem(OnnxModel model, Objective objective, Interaction record)
    {
        if (float.IsNaN(record.Weight) || float.IsInfinity(record.Weight) || record.Weight < 0)
            return $"its weight is {record.Weight}; a weight is finite and not negative";
        foreach (ValueInfo input in model.Graph.Inputs)
        {
            if (!record.Inputs.TryGetValue(input.Name, out HostTensor? tensor))
                return $"the input '{input.Name}' is missing";
            if ((int)tensor.ElementType != input.ElementType)
                return $"the input '{input.Name}' holds {tensor.ElementType}";
            if (tensor.Shape.Length == 0 || tensor.Shape[0] != 1)
                return $"the first axis of '{input.Name}' is the batch axis and must have size 1 in a record, but the shape is [{string.Join(",", tensor.Shape)}]";
        }

        bool regression = objective.Loss is LossKind.MeanSquaredError or LossKind.Huber;
        if (regression)
            return record.Target.Values is { Length: > 0 } values && values.All(value => !float.IsNaN(value) && !float.IsInfinity(value)) ? null : "a regression needs finite target values";
        return ClassProblem(objective, record.Target);
    }

    private static string? ClassProblem(Objective objective, Target target)
    {
        if (target.Classes is not { Length: > 0 } classes)
            return "a cross-entropy needs target classes";
        if (objective.Loss == LossKind.CrossEntropy && classes.Length != 1)
            return $"one class per record is expected, not {classes.Length}";
        if (target.AllowedClasses is { } allowed && classes.Any(index => index != objective.IgnoreIndex && Array.IndexOf(allowed, (int)index) < 0))
            return "its target is not among its allowed classes";
        return null;
    }
}
