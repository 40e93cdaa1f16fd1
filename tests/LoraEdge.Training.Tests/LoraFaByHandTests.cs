namespace LoraEdge.Training.Tests;

/// <summary>A whole LoRA-FA training of one layer against the same written out in double precision, as lora-fa.md states it.</summary>
public sealed class LoraFaByHandTests
{
    private const int Records = 12;
    private const float Scale = 0.5f;

    [Test]
    public void Training_OfOneLayer_TakesTheStepsOfTheDefinition()
    {
        OnnxModel model = SmallGraphs.Linear();
        float[] x = Numbers.Normal(Records * SmallGraphs.In, 41), targets = Numbers.Normal(Records * SmallGraphs.Out, 42, 3);
        TrainingOptions options = new() { Scale = Scale, LearningRate = 0.05, BatchSize = Records, MaxEpochs = 25, WeightDecay = 0.02, GradientClipNorm = 0.3, TrustRegion = 100 };

        Adapter adapter = TrainingSessions.Train(model, new TrainingRequest
        {
            ModelPath = "",
            Objective = new Objective { ValueName = "y", Loss = LossKind.MeanSquaredError },
            Records = [.. Enumerable.Range(0, Records).Select(row => Players.Record(Row(x, row, SmallGraphs.In), Target.Regression(Row(targets, row, SmallGraphs.Out))))],
            HeldOut = [],
            Options = options,
        });

        float[] a = ChangeNorms.Factors(model, adapter).Single().A;
        Numbers.AssertClose(adapter.Targets.Single().B, [.. ByHand(model, a, x, targets, options).Select(value => (float)value)], Tolerances.Parity);
    }

    private static double[] ByHand(OnnxModel model, float[] a, float[] x, float[] targets, TrainingOptions options)
    {
        float[] w = model.Graph.Initializers["w"].ToFloats(), bias = model.Graph.Initializers["b"].ToFloats();
        double[] b = new double[SmallGraphs.Out], first = new double[SmallGraphs.Out], second = new double[SmallGraphs.Out];
        for (int step = 0; step < options.MaxEpochs; step++)
        {
            var gradient = new double[SmallGraphs.Out];
            for (int row = 0; row < Records; row++)
            {
                double z = Enumerable.Range(0, SmallGraphs.In).Sum(i => (double)x[row * SmallGraphs.In + i] * a[i]);
                for (int o = 0; o < SmallGraphs.Out; o++)
                {
                    double y = bias[o] + Enumerable.Range(0, SmallGraphs.In).Sum(i => (double)x[row * SmallGraphs.In + i] * w[i * SmallGraphs.Out + o]) + options.Scale * z * b[o];
                    gradient[o] += 2 * (y - targets[row * SmallGraphs.Out + o]) / (Records * SmallGraphs.Out) * options.Scale * z;
                }
            }

            double norm = Math.Sqrt(gradient.Sum(value => value * value)), rate = LearningRate.At(step, options.MaxEpochs, options.LearningRate);
            for (int o = 0; o < SmallGraphs.Out; o++)
            {
                double g = gradient[o] * Math.Min(1, options.GradientClipNorm / norm);
                first[o] = 0.9 * first[o] + 0.1 * g;
                second[o] = 0.999 * second[o] + 0.001 * g * g;
                double corrected = first[o] / (1 - Math.Pow(0.9, step + 1)), spread = Math.Sqrt(second[o] / (1 - Math.Pow(0.999, step + 1)));
                b[o] = b[o] * (1 - rate * options.WeightDecay) - rate * corrected / (spread + 1e-8);
            }
        }

        return b;
    }

    private static float[] Row(float[] values, int row, int width) => values[(row * width)..((row + 1) * width)];
}
