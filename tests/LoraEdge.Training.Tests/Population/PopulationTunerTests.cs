using LoraEdge.Training.Population;

namespace LoraEdge.Training.Tests.Population;

/// <summary>
/// People choose by a taste of their own, which all of them express along one direction of the input. That direction is what
/// a projection has to find; what is common to all is for the model.
/// </summary>
public class PopulationTunerTests
{
    private const int People = 12;
    private const int Width = 16;
    private const int Classes = 4;
    private static readonly Objective s_objective = new() { ValueName = "logits" };

    [Test]
    public void TheProjection_ComesToPointAlongWhatPeopleDifferIn()
    {
        double[] direction = Unit(new Random(5));
        using PopulationTuner tuner = Tuner();

        Train(tuner, direction, rounds: 64);

        float[] a = tuner.Capture().Projection.A(new AdaptableWeight(0, "W", Width, Classes), 1);
        Assert.That(Math.Abs(a.Zip(direction, (x, y) => x * y).Sum()), Is.GreaterThan(0.9), "cosine with the true direction");
        Assert.That(Math.Sqrt(a.Sum(x => (double)x * x)), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void AFrozenModel_IsGivenBackAsItCame()
    {
        OnnxModel model = Model();
        using var tuner = new PopulationTuner(model, s_objective, People);
        Train(tuner, Unit(new Random(5)), rounds: 1);

        (OnnxModel after, CalibratedProjection projection) = tuner.Capture();

        Assert.That(after, Is.SameAs(model));
        Assert.That(projection.Model, Is.EqualTo(model.Fingerprint));
    }

    [Test]
    public void AModelThatIsNoLongerFinite_IsNotCaptured()
    {
        using PopulationTuner tuner = Tuner(trainsModel: true);
        tuner.Step(0, Records(Unit(new Random(5)), new Random(1), [0, 0, 0, 4]), learningRate: 1e300, personLearningRate: 1e-3);

        Assert.That(() => tuner.Capture(), Throws.TypeOf<TrainingFailedException>().With.Message.Contains("finite"));
    }

    [Test]
    public void ATrainedModel_LearnsWhatIsCommonToAll_AndTheProjectionFitsIt()
    {
        double[] direction = Unit(new Random(5));
        double[] common = [0, 0, 0, 4];
        using PopulationTuner tuner = Tuner(trainsModel: true);
        List<Interaction> strangers = Records(direction, new Random(99), common);
        double before = tuner.Evaluate(strangers);

        Train(tuner, direction, rounds: 64, common);

        (OnnxModel after, CalibratedProjection projection) = tuner.Capture();
        Assert.That(tuner.Evaluate(strangers), Is.LessThan(before - 0.2));
        Assert.That(after.Fingerprint, Is.Not.EqualTo(Model().Fingerprint));
        Assert.That(projection.Model, Is.EqualTo(after.Fingerprint));
    }

    [Test]
    public void OnesOwnB_IsKeptFromOneTurnToTheNext()
    {
        double[] direction = Unit(new Random(5));
        List<Interaction>[] records = [Records(direction, new Random(1)), Records(direction, new Random(2))];
        using PopulationTuner tuner = Tuner();
        double first = tuner.Step(0, records[0], 0, 0.1);
        for (int turn = 0; turn < 20; turn++)
        {
            tuner.Step(0, records[0], 0, 0.1);
            tuner.Step(1, records[1], 0, 0.1);
        }

        Assert.That(tuner.Step(0, records[0], 0, 0), Is.LessThan(first - 0.1), "the first person's turns count");
        Assert.That(tuner.Evaluate(records[0]), Is.EqualTo(first).Within(1e-6), "nobody's B is in the shared model");
    }

    [Test]
    public void TheSameStepsTwice_GiveTheSameModelAndFile()
    {
        (OnnxModel Model, CalibratedProjection Projection)[] results = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using PopulationTuner tuner = Tuner(trainsModel: true);
            Train(tuner, Unit(new Random(5)), rounds: 2);
            return tuner.Capture();
        })];

        Assert.That(results[0].Model.ToBytes(), Is.EqualTo(results[1].Model.ToBytes()));
        Assert.That(results[0].Projection.Write(), Is.EqualTo(results[1].Projection.Write()));
    }

    [Test]
    public void WhatCannotWork_IsRefusedByName()
    {
        Assert.That(() => new PopulationTuner(Model(), s_objective, people: 0), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("people"));
        Assert.That(() => new PopulationTuner(Model(), s_objective, 1, new PopulationOptions { Rank = 0 }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("Rank"));
        using PopulationTuner tuner = Tuner();
        Assert.That(() => tuner.Step(0, [], 0.1, 0.1), Throws.TypeOf<InvalidInputException>());
    }

    private static PopulationTuner Tuner(bool trainsModel = false) =>
        new(Model(), s_objective, People, new PopulationOptions { TrainsModel = trainsModel });

    private static void Train(PopulationTuner tuner, double[] direction, int rounds, double[]? common = null)
    {
        var random = new Random(7);
        List<Interaction>[] people = [.. Enumerable.Range(0, People).Select(_ => Records(direction, random, common))];
        for (int round = 0; round < rounds; round++)
        {
            for (int person = 0; person < People; person++)
                tuner.Step(person, people[person], learningRate: 0.02, personLearningRate: 0.02);
        }
    }

    private static List<Interaction> Records(double[] direction, Random random, double[]? common = null)
    {
        double[] taste = [.. Enumerable.Range(0, Classes).Select(_ => 3 * Gaussian(random))];
        return [.. Enumerable.Range(0, 256).Select(_ =>
        {
            float[] x = [.. Enumerable.Range(0, Width).Select(_ => (float)Gaussian(random))];
            double along = x.Zip(direction, (value, part) => value * part).Sum();
            int chosen = Enumerable.Range(0, Classes).MaxBy(index => (taste[index] * along) + (common?[index] * x[0] ?? 0));
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
