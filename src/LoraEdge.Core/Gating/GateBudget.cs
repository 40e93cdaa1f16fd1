namespace LoraEdge;

/// <summary>
/// Spends alpha on one candidate after the other: the k-th since the last promotion gets 6 / (pi^2 k^2) of it, and all of them
/// together no more than there is.
/// </summary>
internal static class GateBudget
{
    /// <summary>The e-value that the k-th candidate needs, k from 1.</summary>
    public static double Needed(double alpha, long candidate) => Math.PI * Math.PI * candidate * candidate / (6 * alpha);
}
