using System.Buffers;

namespace LoraEdge;

/// <summary>What a target must be for each kind of loss. Nothing is allocated for one that is as it must be: records are checked on the host's thread.</summary>
internal static class TargetRules
{
    /// <summary>For a regression.</summary>
    public static string? ProblemOfValues(Target target) =>
        target.Values is { Length: > 0 } values && AreFinite(values)
            ? null
            : "a regression needs finite target values; use Target.Regression";

    /// <summary>For a cross-entropy at every position.</summary>
    public static string? ProblemOfSequence(Target target, long ignoreIndex)
    {
        if (target.Classes is not { Length: > 0 } classes)
            return "a cross-entropy needs target classes; use Target.Sequence";
        foreach (long index in classes)
        {
            if (index < 0 && index != ignoreIndex)
                return $"its target is the class {index}, which is negative and not the ignore index {ignoreIndex}";
        }

        return ProblemOfAllowed(target.AllowedClasses, classes, ignoreIndex);
    }

    /// <summary>For a cross-entropy with one class per record.</summary>
    public static string? ProblemOfClass(Target target)
    {
        if (target.Classes is not { Length: > 0 } classes)
            return "a cross-entropy needs target classes; use Target.Class";
        if (classes.Length != 1)
            return $"one class per record is expected, not {classes.Length}";
        if (classes[0] < 0)
            return $"its target is the class {classes[0]}, which is negative";
        return ProblemOfAllowed(target.AllowedClasses, classes, ignoreIndex: null);
    }

    private static string? ProblemOfAllowed(int[]? allowed, long[] targets, long? ignoreIndex)
    {
        if (allowed is null)
            return null;
        foreach (int index in allowed)
        {
            if (index < 0)
                return $"its allowed classes name the class {index}, which is negative";
        }

        int[] sorted = ArrayPool<int>.Shared.Rent(allowed.Length);
        try
        {
            allowed.CopyTo(sorted, 0);
            Array.Sort(sorted, 0, allowed.Length);
            return ProblemOfSorted(sorted.AsSpan(0, allowed.Length), targets, ignoreIndex);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(sorted);
        }
    }

    private static string? ProblemOfSorted(ReadOnlySpan<int> allowed, long[] targets, long? ignoreIndex)
    {
        foreach (long target in targets)
        {
            if (target != ignoreIndex && (target > int.MaxValue || allowed.BinarySearch((int)target) < 0))
                return $"its target class {target} is not among its allowed classes";
        }

        for (int i = 1; i < allowed.Length; i++)
        {
            if (allowed[i] == allowed[i - 1])
                return "a class is listed twice among its allowed classes";
        }

        return null;
    }

    private static bool AreFinite(float[] values)
    {
        foreach (float value in values)
        {
            if (!FloatBits.IsFinite(value))
                return false;
        }

        return true;
    }
}
