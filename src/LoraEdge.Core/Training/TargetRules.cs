namespace LoraEdge;

/// <summary>What a target must be for each kind of loss.</summary>
internal static class TargetRules
{
    private const int WordBits = 64;
    private const int WordsOnStack = 1024;

    /// <summary>For a regression.</summary>
    public static string? ProblemOfValues(Target target) =>
        target.Values is { Length: > 0 } values && !values.Any(value => float.IsNaN(value) || float.IsInfinity(value))
            ? null
            : "a regression needs finite target values; use Target.Regression";

    /// <summary>For a cross-entropy at every position.</summary>
    public static string? ProblemOfSequence(Target target, long ignoreIndex)
    {
        if (target.Classes is not { Length: > 0 } classes)
            return "a cross-entropy needs target classes; use Target.Sequence";
        if (classes.FirstOrDefault(index => index < 0 && index != ignoreIndex) is var negative and < 0)
            return $"its target is the class {negative}, which is negative and not the ignore index {ignoreIndex}";
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
        return ProblemOfAllowed(target.AllowedClasses, classes, ignoreIndex: -1);
    }

    private static string? ProblemOfAllowed(int[]? allowed, ReadOnlySpan<long> targets, long ignoreIndex)
    {
        if (allowed is null)
            return null;
        int largest = -1;
        foreach (int index in allowed)
        {
            if (index < 0)
                return $"its allowed classes name the class {index}, which is negative";
            largest = Math.Max(largest, index);
        }

        // No garbage for any common number of classes: records are checked within a frame.
        int words = (largest / WordBits) + 1;
        Span<ulong> set = words <= WordsOnStack ? stackalloc ulong[words] : new ulong[words];
        set.Clear();
        bool isTwice = false;
        foreach (int index in allowed)
        {
            ref ulong word = ref set[index / WordBits];
            ulong bit = 1UL << (index % WordBits);
            isTwice |= (word & bit) != 0;
            word |= bit;
        }

        foreach (long target in targets)
        {
            if (target != ignoreIndex && (target > largest || (set[(int)target / WordBits] >> ((int)target % WordBits) & 1) == 0))
                return $"its target class {target} is not among its allowed classes";
        }

        return isTwice ? "a class is listed twice among its allowed classes" : null;
    }
}
