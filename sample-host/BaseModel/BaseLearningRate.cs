namespace Rival.BaseModel;

/// <summary>Warm-up over steps, then level, then linear decay to almost nothing over the last two thirds of the time.</summary>
internal static class BaseLearningRate
{
    private const double WarmUpSteps = 300;
    private const double LevelUntil = 1.0 / 3;

    /// <summary>The rate at a moment.</summary>
    /// <param name="done">Share of the training time that has passed, 0 to 1.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="highest">The level.</param>
    public static double At(double done, long step, double highest)
    {
        double rising = Math.Min(1, (step + 1) / WarmUpSteps);
        double falling = done < LevelUntil ? 1 : Math.Max(0.01, (1 - done) / (1 - LevelUntil));
        return highest * rising * falling;
    }
}
