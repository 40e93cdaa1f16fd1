using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that draw random numbers: their distributions, and that they can be repeated.</summary>
public sealed class RandomNumbersTests
{
    private const int Many = 20_000;

    internal static OperatorCase[] Cases { get; } =
    [
        new OperatorCase("RandomNormal", Opset: 7).With("shape", new[] { 3, 4 }),
        new OperatorCase("RandomUniform", Opset: 7).With("shape", new[] { 3, 4 }).With("dtype", OnnxDataType.Float16),
        new OperatorCase("RandomNormalLike").Feed(3, 4),
        new OperatorCase("RandomUniformLike").Feed(HostTensor.From(new long[12], 3, 4)).With("dtype", OnnxDataType.Float),
        new OperatorCase("Bernoulli").Feed(Filled(0.5f, 3, 4)).With("dtype", OnnxDataType.Bool),
        new OperatorCase("Multinomial").Feed(3, 5).With("sample_size", 4).With("dtype", OnnxDataType.Int64),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Numbers_AreTheSameInAnotherExecutor_AndOthersInTheNextRun(object node)
    {
        var random = (OperatorCase)node;

        HostTensor first = random.Execute()[0], again = random.Execute()[0], seeded = random.With("seed", 3f).Execute()[0];

        Assert.That(first.Shape, Is.EqualTo(new[] { 3, 4 }));
        Assert.That(again.Bytes, Is.EqualTo(first.Bytes));
        Assert.That(seeded.Bytes, Is.Not.EqualTo(first.Bytes));
    }

    [Test]
    public void Runs_DrawNewNumbers_AndSoDoNodesWithoutASeed()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(3), graph =>
        {
            graph.Node("RandomNormal", [], ["one"], [("shape", new[] { 1, 3 })]);
            graph.Node("RandomNormal", [], ["other"], [("shape", new[] { 1, 3 })]);
            graph.Node("Add", ["x", graph.Node("Add", ["one", "other"])], ["y"]);
        }, "batch", 3);
        using var executor = new GraphExecutor(model);

        float[][] first = Run(executor, Filled(0, 2, 3), "one", "other"), second = Run(executor, Filled(0, 2, 3), "one", "other");

        Assert.That(first[0], Is.Not.EqualTo(second[0]));
        Assert.That(first[0], Is.Not.EqualTo(first[1]));
    }

    [Test]
    public void Normal_HasItsMeanAndDeviation()
    {
        float[] numbers = new OperatorCase("RandomNormal").With("shape", new[] { Many }).With("mean", 3f).With("scale", 0.5f).Execute()[0].AsSpan<float>().ToArray();

        double mean = numbers.Average(), deviation = Math.Sqrt(numbers.Average(number => Math.Pow(number - mean, 2)));
        Assert.That(mean, Is.EqualTo(3).Within(0.02));
        Assert.That(deviation, Is.EqualTo(0.5).Within(0.02));
    }

    [Test]
    public void Uniform_StaysWithinItsBounds_AndFillsThem()
    {
        float[] numbers = new OperatorCase("RandomUniform").With("shape", new[] { Many }).With("low", -2f).With("high", 6f).Execute()[0].AsSpan<float>().ToArray();

        Assert.That(numbers, Has.All.InRange(-2f, 6f));
        Assert.That(numbers.Average(), Is.EqualTo(2).Within(0.1));
        Assert.That(numbers.Min(), Is.LessThan(-1.9));
        Assert.That(numbers.Max(), Is.GreaterThan(5.9));
    }

    [Test]
    public void Bernoulli_HitsAsOftenAsItIsTold_AndTakesAnything()
    {
        float[] hits = new OperatorCase("Bernoulli").Feed(Filled(0.3f, Many)).Execute()[0].AsSpan<float>().ToArray();
        float[] extremes = new OperatorCase("Bernoulli").Feed(HostTensor.From([0f, 1f, -1f, 2f, float.NaN], 5)).Execute()[0].AsSpan<float>().ToArray();

        Assert.That(hits.Average(), Is.EqualTo(0.3).Within(0.02));
        Assert.That(extremes, Is.EqualTo(new[] { 0f, 1f, 0f, 1f, 0f }));
    }

    [Test]
    public void Multinomial_DrawsClassesByTheirWeights_AndTakesAnything()
    {
        // Logarithms of weights 1, 3, 0 and 4 over a constant.
        HostTensor logs = HostTensor.From([5f, 5f + MathF.Log(3), float.NegativeInfinity, 5f + MathF.Log(4)], 1, 4);
        int[] classes = new OperatorCase("Multinomial").Feed(logs).With("sample_size", Many).Execute()[0].AsSpan<int>().ToArray();
        int[] absurd = new OperatorCase("Multinomial").Feed(HostTensor.From([float.NaN, float.PositiveInfinity], 1, 2)).With("sample_size", 9).Execute()[0].AsSpan<int>().ToArray();

        double[] shares = [.. Enumerable.Range(0, 4).Select(index => classes.Count(drawn => drawn == index) / (double)Many)];
        Assert.That(shares, Is.EqualTo(new[] { 0.125, 0.375, 0, 0.5 }).Within(0.02));
        Assert.That(absurd, Has.All.InRange(0, 1));
    }

    [Test]
    public void EveryCase_IsOfAnOperator_ThatParityLeavesOut()
    {
        OnnxNode[] nodes = [.. Cases.Select(node => SmallGraphs.Finish(SmallGraphs.Start(4), graph => graph.Node(node.Operator, ["x"], ["y"])).Graph.Nodes[0])];

        Assert.That(nodes.Where(RandomOperators.Contains), Is.EqualTo(nodes));
    }

    private static float[][] Run(GraphExecutor executor, HostTensor x, params string[] values)
    {
        using var _ = no_grad();
        using Tensor input = x.ToTorch();
        return [.. executor.Run(new Dictionary<string, Tensor> { ["x"] = input }, values).Select(value => value.ToFloatsAndDispose())];
    }

    private static HostTensor Filled(float value, params long[] shape) =>
        HostTensor.From([.. Enumerable.Repeat(value, (int)shape.Aggregate(1L, (count, size) => count * size))], shape);
}
