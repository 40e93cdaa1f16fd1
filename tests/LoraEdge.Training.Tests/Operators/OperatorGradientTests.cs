using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Gradients of differentiable operators with respect to their inputs, in double precision against central differences.</summary>
public sealed class OperatorGradientTests
{
    private const double Step = 1e-5, Tolerance = 1e-7;

    private static readonly (string Name, object Value)[] s_none = [];

    internal static IEnumerable<TestCaseData> Cases()
    {
        foreach (string operation in new[] { "Neg", "Abs", "Exp", "Erf", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh", "Sigmoid", "Tanh", "Softplus", "Softsign", "Mish", "Gelu", "Swish", "Elu", "Selu", "Celu", "Relu", "LeakyRelu", "HardSigmoid", "HardSwish", "Identity", "Dropout" })
            yield return Case(operation, s_none, Values([2, 3], 1));
        foreach (string operation in new[] { "Sqrt", "Log", "Reciprocal" })
            yield return Case(operation, s_none, Values([2, 3], 1, value => 0.2 + Math.Abs(value)));
        foreach (string operation in new[] { "Tan", "Asin", "Acos", "Atanh" })
            yield return Case(operation, s_none, Values([2, 3], 1, value => 0.8 * Math.Tanh(value)));
        yield return Case("Acosh", s_none, Values([2, 3], 1, value => 1.2 + Math.Abs(value)));
        yield return Case("Gelu", [("approximate", "tanh")], Values([2, 3], 1));
        yield return Case("Swish", [("alpha", 1.5f)], Values([2, 3], 1));
        yield return Case("ThresholdedRelu", [("alpha", 0.25f)], Values([2, 3], 1));
        yield return Case("Shrink", [("lambd", 0.25f), ("bias", 0.5f)], Values([2, 3], 1));
        yield return Case("HardSigmoid", [("alpha", 1f / 6)], Values([2, 3], 1));
        foreach (string operation in new[] { "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "PRelu" })
            yield return Case(operation, s_none, Values([2, 3], 1), Values([3], 2));
        yield return Case("Sum", s_none, Values([2, 3], 1), Values([3], 2), Values([2, 1], 3));
        yield return Case("Mod", [("fmod", 1)], Values([2, 3], 1), Values([3], 2));
        yield return Case("Pow", s_none, Values([2, 3], 1, value => 0.2 + Math.Abs(value)), Values([3], 2));
        yield return Case("Clip", s_none, Values([2, 3], 1), Values([], 2, _ => -0.5), Values([], 3, _ => 0.5));
        foreach (string operation in new[] { "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceSumSquare" })
            yield return Case(operation, [("keepdims", 0)], Values([2, 3], 1));
        yield return Case("ReduceLogSum", s_none, Values([2, 3], 1, value => 0.2 + Math.Abs(value)));
        foreach (string operation in new[] { "Softmax", "LogSoftmax" })
            yield return Case(operation, s_none, Values([2, 3], 1));
        yield return Case("MeanVarianceNormalization", [("axes", new[] { 0, 2 })], Values([2, 2, 3], 1));
        foreach (string operation in new[] { "SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss" })
        {
            foreach (string reduction in new[] { "mean", "sum", "none" })
                yield return Case(operation, [("reduction", reduction), ("ignore_index", 1)], Values([3, 4], 1), Whole(2, 1, 0), Values([4], 2, value => 0.2 + Math.Abs(value)));
        }

        yield return Case("CumSum", [("exclusive", 1), ("reverse", 1)], Values([2, 3], 1), Whole(1));
        yield return Case("Where", s_none, tensor([true, false, true]), Values([2, 3], 1), Values([2, 1], 2));
        yield return Case("Cast", [("to", OnnxDataType.Double)], Values([2, 3], 1));
        foreach (TestCaseData onParts in OnParts())
            yield return onParts;
    }

    private static IEnumerable<TestCaseData> OnParts()
    {
        yield return Case("Reshape", s_none, Values([2, 3], 1), Whole(3, -1));
        yield return Case("Transpose", s_none, Values([2, 3], 1));
        yield return Case("Expand", s_none, Values([2, 1], 1), Whole(2, 2, 3));
        yield return Case("Tile", s_none, Values([2, 3], 1), Whole(2, 1));
        yield return Case("Concat", [("axis", 1)], Values([2, 3], 1), Values([2, 1], 2));
        yield return Case("Slice", s_none, Values([3, 4], 1), Whole(2), Whole(-9), Whole(0), Whole(-2));
        yield return Case("Gather", [("axis", 1)], Values([2, 3], 1), Whole(2, 0, 2, -1));
        yield return Case("GatherElements", s_none, Values([3], 1), Whole(2, 0, 2, -1));
        yield return Case("GatherND", [("batch_dims", 1)], Values([2, 3, 2], 1), Whole(2, -3).reshape(2, 1));
        yield return Case("Scatter", s_none, Values([4], 1), Whole(2, 0), Values([2], 2));
        yield return Case("ScatterND", s_none, Values([4, 2], 1), Whole(2, -4).reshape(2, 1), Values([2, 2], 2));
        foreach (string reduction in new[] { "none", "add", "mul", "min", "max" })
        {
            long[] places = reduction == "none" ? [2, 0, 1] : [2, 2, -2];
            yield return Case("ScatterElements", [("reduction", reduction)], Values([4], 1), Whole(places), Values([3], 2));
            yield return Case("ScatterND", [("reduction", reduction)], Values([4, 2], 1), Whole(places).reshape(3, 1), Values([3, 2], 2));
        }

        yield return Case("TopK", s_none, Values([2, 4], 1), Whole(2));
        yield return Case("Compress", [("axis", 1)], Values([2, 3], 1), tensor([true, false, true]));
        yield return Case("Unique", [("sorted", 0)], Values([4], 1));
        yield return Case("ReverseSequence", s_none, Values([3, 2], 1), Whole(3, 2));
        yield return Case("Trilu", s_none, Values([3, 3], 1));
        yield return Case("OneHot", s_none, Whole(1, 0, -1), Whole(3), Values([2], 1));
    }

    [TestCaseSource(nameof(Cases))]
    public void AnOperator_HasTheGradientOfFiniteDifferences(string operation, (string, object)[] attributes, Tensor[] inputs)
    {
        using GraphExecutor executor = ExecutorOf(operation, attributes, inputs);
        using Tensor coefficients = CoefficientsOf(executor, inputs);
        foreach (Tensor input in inputs.Where(input => input.dtype == ScalarType.Float64))
        {
            double[] gradient = GradientOf(executor, inputs, input, coefficients), differences = DifferencesOf(executor, inputs, input, coefficients);
            Assert.That(gradient, Is.EqualTo(differences).Within(Tolerance * Math.Max(1, differences.Max(Math.Abs))));
        }

        inputs.DisposeAll();
    }

    /// <summary>Square roots have no slope at zero; a norm of zeros must not turn a whole model's gradient into NaN.</summary>
    [TestCase("ReduceL2")]
    [TestCase("MeanVarianceNormalization")]
    public void ANormOfZero_HasAFiniteGradient(string operation)
    {
        Tensor[] inputs = [zeros([2, 2, 3], ScalarType.Float64)];
        using GraphExecutor executor = ExecutorOf(operation, operation == "ReduceL2" ? [] : [("axes", new[] { 0, 2 })], inputs);
        using Tensor coefficients = CoefficientsOf(executor, inputs);

        Assert.That(GradientOf(executor, inputs, inputs[0], coefficients), Is.All.Matches<double>(double.IsFinite));
        inputs.DisposeAll();
    }

    private static TestCaseData Case(string operation, (string, object)[] attributes, params Tensor[] inputs) =>
        new TestCaseData(operation, attributes, inputs).SetArgDisplayNames($"{operation} {string.Join(" ", attributes.Select(pair => FormattableString.Invariant($"{pair.Item1}={pair.Item2}")))}");

    private static Tensor Values(long[] shape, int seed, Func<double, double>? map = null)
    {
        double[] values = [.. Numbers.Normal((int)shape.Aggregate(1L, (count, size) => count * size), seed).Select(value => map is null ? value : map(value))];
        return tensor(values).reshape(shape);
    }

    private static Tensor Whole(params long[] values) => tensor(values);

    private static GraphExecutor ExecutorOf(string operation, (string, object)[] attributes, Tensor[] inputs)
    {
        var graph = new GraphBuilder("gradient", opset: 24);
        for (int i = 0; i < inputs.Length; i++)
            graph.Input($"x{i}", TypeOf(inputs[i]), [.. inputs[i].shape.Select(size => (Dimension)size)]);
        graph.Node(operation, [.. inputs.Select((_, i) => $"x{i}")], ["y"], attributes);
        return new GraphExecutor(graph.Output("y", (TensorElementType)OnnxDataType.Double).Build());
    }

    private static TensorElementType TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float64 => (TensorElementType)OnnxDataType.Double,
        ScalarType.Int64 => TensorElementType.Int64,
        _ => TensorElementType.Boolean,
    };

    private static Tensor CoefficientsOf(GraphExecutor executor, Tensor[] inputs)
    {
        using Tensor y = Run(executor, inputs);
        return Values(y.shape, seed: 9);
    }

    private static double[] GradientOf(GraphExecutor executor, Tensor[] inputs, Tensor input, Tensor coefficients)
    {
        input.requires_grad = true;
        using (Tensor y = Run(executor, inputs), weighted = y.mul(coefficients), sum = weighted.sum())
            sum.backward();
        using Tensor gradient = input.grad!.contiguous();
        input.requires_grad = false;
        return gradient.data<double>().ToArray();
    }

    private static double[] DifferencesOf(GraphExecutor executor, Tensor[] inputs, Tensor input, Tensor coefficients)
    {
        using Tensor flat = input.view(-1);
        return [.. Enumerable.Range(0, (int)input.numel()).Select(at =>
        {
            double center = flat.data<double>()[at];
            flat.data<double>()[at] = center + Step;
            double above = Sum(executor, inputs, coefficients);
            flat.data<double>()[at] = center - Step;
            double below = Sum(executor, inputs, coefficients);
            flat.data<double>()[at] = center;
            return (above - below) / (2 * Step);
        })];
    }

    private static double Sum(GraphExecutor executor, Tensor[] inputs, Tensor coefficients)
    {
        using Tensor y = Run(executor, inputs), weighted = y.mul(coefficients), sum = weighted.sum();
        return sum.item<double>();
    }

    private static Tensor Run(GraphExecutor executor, Tensor[] inputs) =>
        executor.Run(inputs.Select((input, i) => (Name: $"x{i}", Value: input)).ToDictionary(pair => pair.Name, pair => pair.Value), "y").Single();
}
