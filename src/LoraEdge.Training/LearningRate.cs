namespace LoraEdge.Training;

/// <summary>The learning rate over a session: a short linear warm-up, then linear decay to a tenth.</summary>
internal static class LearningRate
{
    /// <summary>The rate of one step.</summary>
    /// <param name="step">Steps done so far.</param>
    /// <param name="planned">Steps of the whole session.</param>
    /// <param name="highest">The rate after the warm-up.</param>
    public static double At(long step, long planned, double highest)
    {
        double warmUp = Math.Max(1, Math.Min(20, planned / 10));
        double rising = Math.Min(1, (step + 1) / warmUp);
        double falling = 1 - 0.9 * step / Math.Max(1, planned);
        return highest * rising * falling;
    }
}
