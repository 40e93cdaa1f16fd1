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
            : ProblemOfClasses(target.Classes!, shape[2], ignoreIndex);
    }

    /// <summary>For a cross-entropy of one class; the last axis of the value holds the classes.</summary>
    public static string? ProblemOfClass(Target target, IReadOnlyList<long?> shape)
    {
        long? classes = shape.Count > 1 ? shape[shape.Count - 1] : null;
        return ProblemOfClasses(target.Classes!, classes, ignoreIndex: null) ?? ProblemOfAllowed(target.AllowedClasses, classes);
    }

    private static string? ProblemOfClasses(long[] indices, long? classes, long? ignoreIndex)
    {
        foreach (long index in indices)
        {
            if (index >= classes && index != ignoreIndex)
                return $"its target is the class {index}, but there are {classes}, numbered from 0";
        }

        return null;
    }

    private static string? ProblemOfAllowed(int[]? indices, long? classes)
    {
        foreach (int index in indices ?? [])
        {
            if (index >= classes)
                return $"its allowed classes name the class {index}, but there are {classes}, numbered from 0";
        }

        return null;
    }
}
