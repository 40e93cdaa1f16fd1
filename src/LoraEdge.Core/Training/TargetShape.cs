namespace LoraEdge;

/// <summary>What a target must be for a value of some shape; sizes that are not known allow anything.</summary>
internal static class TargetShape
{
    /// <summary>For a regression: a number for each element behind the batch axis.</summary>
    public static string? ProblemOfValues(Target target, IReadOnlyList<long?> shape)
    {
        long? elements = shape.Count == 0 ? null : 1;
        for (int axis = 1; axis < shape.Count; axis++)
            elements *= shape[axis];
        return elements is { } count && target.Values!.Length != count
            ? $"its target has {target.Values.Length} values, but there are {count} to compare them with"
            : null;
    }

    /// <summary>For a cross-entropy at every position of a value (N, T, C).</summary>
    public static string? ProblemOfSequence(Target target, IReadOnlyList<long?> shape, long ignoreIndex)
    {
        if (shape.Count != 3)
            return null;
        return shape[1] is { } positions && target.Classes!.Length != positions
            ? $"its target has {target.Classes.Length} classes, but there are {positions} positions"
            : target.Classes!.Where(index => index != ignoreIndex && index >= shape[2]).Select(index => Outside("target is", index, shape[2]!.Value)).FirstOrDefault();
    }

    /// <summary>For a cross-entropy of one class; the last axis of the value holds the classes.</summary>
    public static string? ProblemOfClass(Target target, IReadOnlyList<long?> shape)
    {
        if (shape.Count < 2 || shape[shape.Count - 1] is not { } classes)
            return null;
        if (target.Classes![0] >= classes)
            return Outside("target is", target.Classes[0], classes);
        foreach (int index in target.AllowedClasses ?? [])
        {
            if (index >= classes)
                return Outside("allowed classes name", index, classes);
        }

        return null;
    }

    private static string Outside(string what, long index, long classes) => $"its {what} the class {index}, but there are {classes}, numbered from 0";
}
