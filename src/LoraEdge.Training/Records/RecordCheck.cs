using LoraEdge.Onnx;
using LoraEdge.Training.Sequences;

namespace LoraEdge.Training.Records;

/// <summary>Checks records against the model's inputs and the objective, before any of them reaches libtorch.</summary>
internal static class RecordCheck
{
    /// <summary>Checks all that can be checked without running the model.</summary>
    /// <exception cref="InvalidInputException">Some records do not fit; it has them all, and the message names the first by its index.</exception>
    public static void Require(OnnxModel model, Objective objective, IReadOnlyList<Interaction> records)
    {
        var inputs = new RecordInputs(model, objective);
        RequireEach(records, model.Name, record => WeightProblem(record) ?? StateProblem(objective, record)
            ?? StepProblem(record, step => inputs.ProblemWith(step) ?? TargetProblem(objective, record, step)) ?? ShapeProblem(record) ?? LearningProblem(objective, record));
        if (objective.Loss == LossKind.CrossEntropy)
            return;
        Dictionary<string, int> lengths = TargetLengths(records);
        RequireEach(records, model.Name, record => StepProblem(record, step => LengthProblem(step, lengths)));
    }

    /// <summary>Checks the class indices, once the number of classes is known.</summary>
    /// <exception cref="InvalidInputException">Some records name a class that does not exist; it has them all, and the message names the first by its index.</exception>
    public static void RequireClasses(Objective objective, IReadOnlyList<Interaction> records, int classCount)
    {
        if (objective.Loss is LossKind.MeanSquaredError or LossKind.Huber)
            return;
        long?[] shape = [null, null, classCount];
        RequireEach(records, $"'{objective.ValueName}'", record => StepProblem(record, step => step.Target.IsNone ? null : objective.ProblemWith(step.Target, shape)));
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

    /// <summary>The first step with a problem; a record that is none of several is its only step.</summary>
    private static string? StepProblem(Interaction record, Func<Interaction, string?> problemOf)
    {
        if (record.Steps.Count == 0)
            return problemOf(record);
        for (int i = 0; i < record.Steps.Count; i++)
        {
            if (problemOf(record.Steps[i]) is { } problem)
                return $"in its step {i} of {record.Steps.Count}, {problem}";
        }

        return null;
    }

    private static string? WeightProblem(Interaction record)
    {
        foreach (float weight in record.Steps.Select(step => step.Weight).Append(record.Weight))
        {
            if (float.IsNaN(weight) || float.IsInfinity(weight) || weight < 0)
                return $"its weight is {weight}; a weight is finite and not negative";
        }

        return null;
    }

    private static string? StateProblem(Objective objective, Interaction record) => record.Steps.Count == 0 || objective.States.Count > 0
        ? null
        : $"it is a sequence of {record.Steps.Count} steps, but the objective names no states to carry from one to the next; set {nameof(Objective)}.{nameof(objective.States)}, or hand in the steps as records";

    private static string? LearningProblem(Objective objective, Interaction record)
    {
        if (objective.States.Count == 0)
            return null;
        int burnIn = objective.BurnInOf(record);
        IReadOnlyList<Interaction> steps = SequenceSteps.Of(record);
        return steps.Skip(burnIn).All(step => step.Target.IsNone)
            ? $"none of its {steps.Count} steps has a target that is learned; the first {burnIn} are burn-in"
            : null;
    }

    private static string? TargetProblem(Objective objective, Interaction record, Interaction step) =>
        record.Steps.Count > 0 && step.Target.IsNone ? null : objective.ProblemWith(step.Target);

    private static string? ShapeProblem(Interaction record)
    {
        string first = RecordShape.Of(record);
        return StepProblem(record, step => RecordShape.Of(step) is var own && own != first ? $"the inputs are {own}, but those of the first step are {first}" : null);
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
        .SelectMany(SequenceSteps.Of)
        .Where(step => !step.Target.IsNone)
        .GroupBy(RecordShape.Of, LengthOf, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.GroupBy(length => length).OrderByDescending(same => same.Count()).First().Key, StringComparer.Ordinal);

    private static string? LengthProblem(Interaction step, Dictionary<string, int> lengths)
    {
        if (step.Target.IsNone)
            return null;
        int length = LengthOf(step), usual = lengths[RecordShape.Of(step)];
        return length == usual ? null : $"its target has {length} numbers, but those of most records with inputs of the same shapes have {usual}";
    }

    private static int LengthOf(Interaction step) => step.Target.Classes?.Length ?? step.Target.Values!.Length;
}
