using LoraEdge.Training.Calibration;

namespace LoraEdge.Training.Tests.Calibration;

/// <summary>
/// People choose by the model's scores plus a taste of their own, which all of them express along one direction of the input.
/// That direction is what a projection has to find.
/// </summary>
public class ProjectionCalibratorTests
{
    private const int Width = 16;
    private const int Classes = 4;
    private static readonly Objective s_objective = new() { ValueName = "logits" };

    [Test]
    public void Run_FindsTheDirectionAlongWhichPeopleDiffer()
    {
        double[] direction = Unit(new Random(5));
        CalibratedProjection projection = Calibrate(direction, epochs: 8);
        float[] a = projection.A(new AdaptableWeight(0, "W", Width, Classes), 1);

        Assert.That(Math.Abs(a.Zip(direction, (x, y) => x * y).Sum()), Is.GreaterThan(0.9), "cosine with the true direction");
        Assert.That(Math.Sqrt(a.Sum(x => (double)x * x)), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Run_TwiceWithOneSeed_GivesTheSameFile()
    {
        double[] direction = Unit(new Random(5));
        Assert.That(Calibrate(direction, epochs: 1).Write(), Is.EqualTo(Calibrate(direction, epochs: 1).Write()));
    }

    [Test]
    public void Run_WithNobody_IsRefused()
    {
        using var calibrator = new ProjectionCalibrator(Model(), s_objective);
        Assert.That(() => calibrator.Run(), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => calibrator.Add([]), Throws.TypeOf<InvalidInputException>());
    }

    private static CalibratedProjection Calibrate(double[] direction, int epochs)
    {
        var random = new Random(7);
        using var calibrator = new ProjectionCalibrator(Model(), s_objective, new CalibrationOptions { Epochs = epochs, LearningRate = 0.02, BatchSize = 32 });
        for (int person = 0; person < 12; person++)
            calibrator.Add(Records(direction, random));
        return calibrator.Run();
    }

    private static List<Interaction> Records(double[] direction, Random random)
    {
        double[] taste = [.. Enumerable.Range(0, Classes).Select(_ => 3 * Gaussian(random))];
        return [.. Enumerable.Range(0, 256).Select(_ =>
        {
            float[] x = [.. Enumerable.Range(0, Width).Select(_ => (float)Gaussian(random))];
            double along = x.Zip(direction, (value, part) => value * part).Sum();
            int chosen = Enumerable.Range(0, Classes).MaxBy(index => taste[index] * along);
            return new Interaction(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 1, Width) }, Target.Class(chosen));
        })];
    }

    private static OnnxModel Model()
    {
        var builder = new GraphBuilder("tastes").Input("x", TensorElementType.Float32, "batch", Width)
            .Initializer("W", new float[Width * Classes], Width, Classes);
        builder.Node("MatMul", ["x", "W"], ["logits"]);
        return builder.Output("logits", TensorElementType.Float32, "batch", Classes).Build();
    }

    private static double[] Unit(Random random)
    {
        double[] values = [.. Enumerable.Range(0, Width).Select(_ => Gaussian(random))];
        double norm = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => value / norm)];
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
