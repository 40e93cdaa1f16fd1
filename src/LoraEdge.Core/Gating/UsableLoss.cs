namespace LoraEdge;

/// <summary>Losses that can be compared: finite, and not so large that sums of them would not be.</summary>
internal static class UsableLoss
{
    /// <summary>Bound on the magnitude of differences that are kept.</summary>
    public const double Most = 1e31;

    private const double MostLoss = 1e30;

    public static bool Is(double loss) => Math.Abs(loss) <= MostLoss;
}
