using LoraEdge.Onnx;

namespace LoraEdge.Training.Records;

/// <summary>Checks records against the model's inputs and the objective, before any of them reaches libtorch.</summary>
internal static class RecordCheck
{
    /// <summary>Checks all that can be checked without running the model.</summary>
    /// <exception cref="InvalidInputException">A record does not fit; the message names its index.</exception>
    public static void Require(OnnxModel model, Objective objective, IReadOnlyList<Interaction> records)
    {
        var targetLengths = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < records.Count; i++)
        {
            if ((InputProblem(model, records[i]) ?? objective.ProblemWith(records[i].Target) ?? LengthProblem(records[i], targetLengths)) is { } problem)
                throw new InvalidInputException($"Record {i} of {records.Count} does not fit {model.Name}: {problem}.");
        }
    }

    /// <summary>Checks the class indices, once the number of classes is known.</summary>
    /// <exception cref="InvalidInputException">A record names a class that does not exist; the message names its index.</exception>
    public static void RequireClasses(Objective objective, IReadOnlyList<Interaction> records, int classCount)
    {
        for (int i = 0; i < records.Count; i++)
        {
            if (ClassProblem(objective, records[i].Target, classCount) is { } problem)
                throw new InvalidInputException($"Record {i} of {records.Count} does not fit '{objective.ValueName}', which has {classCount} classes: {problem}.");
        }
    }

    /// <summary>Checks that records can be concatenated.</summary>
    /// <exception cref="InvalidInputException">Two records differ in the shape of an input.</exception>
    public static void RequireOneShape(IReadOnlyList<Interaction> records)
    {
        string first = RecordShape.Of(records[0]);
        for (int i = 1; i < records.Count; i++)
        {
            if (RecordShape.Of(records[i]) is var other && other != first)
                throw new InvalidInputException($"The records of a batch must have inputs of equal shapes, but record {i} has {other} and record 0 has {first}.");
        }
    }

    private static string? InputProblem(OnnxModel model, Interaction record)
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
                return $"the first axis of '{input.Name}' is the batch axis and must have size 1 in a record, but the shape is {Describe(tensor.Shape)}";
            if (input.Shape is { } declared && !FitsBehindBatch(declared, tensor.Shape))
                return $"the input '{input.Name}' is declared as [{string.Join(",", declared)}], not {Describe(tensor.Shape)}";
        }

        return record.Inputs.Count == model.Graph.Inputs.Count
            ? null
            : $"it has inputs that the model lacks; the model's are: {string.Join(", ", model.Graph.Inputs.Select(input => input.Name))}";
    }

    private static bool FitsBehindBatch(IReadOnlyList<Dimension> declared, long[] shape)
    {
        if (declared.Count != shape.Length)
            return false;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            if (declared[axis].Size is { } size && size != shape[axis])
                return false;
        }

        return true;
    }

    /// <summary>Records of equal input shapes are trained in one batch, so their targets must have one length too.</summary>
    private static string? LengthProblem(Interaction record, Dictionary<string, int> targetLengths)
    {
        int length = record.Target.Classes?.Length ?? record.Target.Values!.Length;
        string shapes = RecordShape.Of(record);
        if (targetLengths.TryGetValue(shapes, out int known))
            return known == length ? null : $"its target has {length} numbers, but that of an earlier record with inputs of the same shapes has {known}";
        targetLengths.Add(shapes, length);
        return null;
    }

    private static string? ClassProblem(Objective objective, Target target, int classCount)
    {
        foreach (long index in target.Classes ?? [])
        {
            bool ignored = objective.Loss == LossKind.SequenceCrossEntropy && index == objective.IgnoreIndex;
            if (!ignored && (index < 0 || index >= classCount))
                return $"its target is the class {index}";
        }

        foreach (int index in target.AllowedClasses ?? [])
        {
            if (index < 0 || index >= classCount)
                return $"its allowed classes name the class {index}";
        }

        return null;
    }

    private static string Describe(long[] shape) => $"[{string.Join(",", shape)}]";
}
