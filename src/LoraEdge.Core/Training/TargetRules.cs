namespace LoraEdge;

/// <summary>What a target must be for each kind of loss.</summary>
internal static class TargetRules
{
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
        return ProblemOfAllowed(target.AllowedClasses, classes.Where(index => index != ignoreIndex));
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
        return ProblemOfAllowed(target.AllowedClasses, classes);
    }

    private static string? ProblemOfAllowed(int[]? allowed, IEnumerable<long> targets)
    {
        if (allowed is null)
            return null;
        if (Array.Find(allowed, index => index < 0) is var negative and < 0)
            return $"its allowed classes name the class {negative}, which is negative";
        var set = new HashSet<int>(allowed);
        foreach (long target in targets)
        {
            if (target > int.MaxValue || !set.Contains((int)target))
                return $"its target class {target} is not among its allowed classes";
        }

        return set.Count == allowed.Length ? null : "a class is listed twice among its allowed classes";
    }
}
