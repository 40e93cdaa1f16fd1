using LoraEdge.Onnx;

namespace LoraEdge.Training.Records;

/// <summary>Checks records against the model's inputs and the objective, before any of them reaches libtorch.</summary>
internal static class RecordCheck
{
    /// <summary>Checks all that can be checked without running the model.</summary>
    /// <exception cref="InvalidInputException">Some records do not fit; it has them all, and the message names the first by its index.</exception>
    public static void Require(OnnxModel model, Objective objective, IReadOnlyList<Interaction> records)
    {
        RequireEach(records, model.Name, record => InputProblem(model, record) ?? objective.ProblemWith(record.Target));
        if (objective.Loss == LossKind.CrossEntropy)
            return;
        Dictionary<string, int> lengths = TargetLengths(records);
        RequireEach(records, model.Name, record => LengthProblem(record, lengths));
    }

    /// <summary>Checks the class indices, once the number of classes is known.</summary>
    /// <exception cref="InvalidInputException">Some records name a class that does not exist; it has them all, and the message names the first by its index.</exception>
    public static void RequireClasses(Objective objective, IReadOnlyList<Interaction> records, int classCount)
    {
        if (objective.Loss is LossKind.MeanSquaredError or LossKind.Huber)
            return;
        long?[] shape = [null, null, classCount];
        RequireEach(records, $"'{objective.ValueName}'", record => objective.ProblemWith(record.Target, shape));
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

    /// <summary>Finds every record that does not fit, not the first one alone: one bad record seldom comes by itself.</summary>
    private static void RequireEach(IReadOnlyList<Interaction> records, string whom, Func<Interaction, string?> problemOf)
    {
        List<Interaction> unfit = [];
        string first = "";
        for (int i = 0; i < records.Count; i++)
        {
            if (problemOf(records[i]) is not { } problem)
                continue;
            if (unfit.Count == 0)
                first = $"Record {i} of {records.Count} does not fit {whom}: {problem}.";
            unfit.Add(records[i]);
        }

        if (unfit.Count > 0)
            throw new InvalidInputException(unfit.Count == 1 ? first : $"{first} Neither do {unfit.Count - 1} more.") { Records = unfit };
    }

    /// <summary>
    /// Records of equal input shapes are trained in one batch, so their targets must have one length too: the one that most of
    /// them have, so that one bad record in front does not spoil all behind it.
    /// </summary>
    private static Dictionary<string, int> TargetLengths(IReadOnlyList<Interaction> records) => records
        .GroupBy(RecordShape.Of, LengthOf, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.GroupBy(length => length).OrderByDescending(same => same.Count()).First().Key, StringComparer.Ordinal);

    private static string? LengthProblem(Interaction record, Dictionary<string, int> lengths)
    {
        int length = LengthOf(record), usual = lengths[RecordShape.Of(record)];
        return length == usual ? null : $"its target has {length} numbers, but those of most records with inputs of the same shapes have {usual}";
    }

    private static int LengthOf(Interaction record) => record.Target.Classes?.Length ?? record.Target.Values!.Length;

    private static string Describe(long[] shape) => $"[{string.Join(",", shape)}]";
}
