namespace LoraEdge;

/// <summary>What the objective's value should have been for one record.</summary>
public sealed class Target
{
    private Target(long[]? classes, float[]? values, int[]? allowedClasses)
    {
        Classes = classes;
        Values = values;
        AllowedClasses = allowedClasses;
    }

    /// <summary>No target: a step of a sequence that is only there for the state that it leaves behind.</summary>
    public static Target None { get; } = new(null, null, null);

    /// <summary>Whether this is <see cref="None"/>, or as empty.</summary>
    public bool IsNone => Classes is null && Values is null;

    /// <summary>Class indices for a cross-entropy: one, or one for every position. Null for a regression.</summary>
    public long[]? Classes { get; }

    /// <summary>Values for a regression, as many as the objective's value has per record. Null for a classification.</summary>
    public float[]? Values { get; }

    /// <summary>
    /// The classes that were possible (legal moves, enabled buttons); all others get probability zero. Null: all are
    /// possible.
    /// </summary>
    public int[]? AllowedClasses { get; }

    /// <summary>One class for the record.</summary>
    /// <param name="index">The class that was chosen, from 0.</param>
    /// <param name="allowedClasses">The classes that were possible, or null for all.</param>
    public static Target Class(int index, int[]? allowedClasses = null) => new([index], null, allowedClasses);

    /// <summary>One class for every position of a sequence.</summary>
    /// <param name="indices">Class indices in order; the objective's ignore index marks positions without a target.</param>
    public static Target Sequence(params long[] indices) => new(indices, null, null);

    /// <summary>One class for every position of a sequence, where not every class is possible.</summary>
    /// <param name="indices">Class indices in order; the objective's ignore index marks positions without a target.</param>
    /// <param name="allowedClasses">The classes that were possible, at every position of this record.</param>
    public static Target Sequence(long[] indices, int[] allowedClasses) => new(indices, null, allowedClasses);

    /// <summary>Values of a regression, row-major.</summary>
    /// <param name="values">As many as the objective's value has per record.</param>
    public static Target Regression(params float[] values) => new(null, values, null);
}
