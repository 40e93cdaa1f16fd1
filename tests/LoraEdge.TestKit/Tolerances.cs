namespace LoraEdge.TestKit;

/// <summary>How far two computations of the same numbers may be apart, relative to the largest magnitude among the expected ones.</summary>
public static class Tolerances
{
    /// <summary>Two correct fp32 executions of one graph that add in different orders.</summary>
    public const double Parity = 1e-4;

    /// <summary>A handful of fp32 operations against the same in double precision.</summary>
    public const double Float32 = 1e-6;

    /// <summary>One rounding to half precision on the way, and sums of a few such numbers.</summary>
    public const double Float16 = 2e-3;

    /// <summary>The same in bfloat16, which has three bits less.</summary>
    public const double BFloat16 = 1.6e-2;
}
