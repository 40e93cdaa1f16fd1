namespace LoraEdge.Training;

/// <summary>Ends a training that makes numbers which are not finite, so that none is ever stored.</summary>
internal static class FiniteCheck
{
    /// <summary>Whether a number is finite; <c>double.IsFinite</c> is missing from netstandard2.0.</summary>
    public static bool IsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);

    /// <summary>The number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="what">What it is, as the start of a sentence.</param>
    /// <param name="when">At which step of how many.</param>
    /// <param name="options">How training is done.</param>
    /// <exception cref="TrainingFailedException">It is not finite.</exception>
    public static double Require(double value, string what, string when, TrainingOptions options) => IsFinite(value)
        ? value
        : throw new TrainingFailedException($"{what} became {value} at {when}; nothing was stored. {Advice(options)}");

    /// <summary>The first number of parameters that is not finite; 0 when all are.</summary>
    public static double FirstBad(float[][] parameters)
    {
        foreach (float[] values in parameters)
        {
            foreach (float value in values)
            {
                if (!IsFinite(value))
                    return value;
            }
        }

        return 0;
    }

    private static string Advice(TrainingOptions options) => options.WeightType == WeightType.Float16
        ? $"Lower the learning rate ({options.LearningRate}), or set WeightType to BFloat16, which holds larger numbers."
        : $"Lower the learning rate ({options.LearningRate}).";
}
