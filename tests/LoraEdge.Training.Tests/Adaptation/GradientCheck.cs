using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>
/// Gradients of <c>sum(c * y)</c> with random c, for a model with the output y; and the same by central finite differences.
/// </summary>
internal sealed class GradientCheck : IDisposable
{
    /// <summary>Third derivatives times the squared step, and the rounding of fp32 divided by the step.</summary>
    private const double Tolerance = 2e-3;
    private const float Step = 1e-2f;

    /// <summary>Elements of one parameter that are looked at; of more, this many from end to end.</summary>
    private const int MaxElements = 40;

    private readonly TrainableWeights _weights;
    private readonly GraphExecutor _executor;
    private readonly Dictionary<string, Tensor> _inputs;
    private readonly Tensor _coefficients;

    /// <summary>Draws x, the model's only input, and c.</summary>
    public GradientCheck(OnnxModel model, TrainableWeights weights)
        : this(model, weights, new Dictionary<string, HostTensor> { ["x"] = RandomInput(model) })
    {
    }

    /// <summary>Draws c.</summary>
    public GradientCheck(OnnxModel model, TrainableWeights weights, IReadOnlyDictionary<string, HostTensor> inputs, Placement? placement = null)
    {
        X = inputs.TryGetValue("x", out HostTensor? x) ? x.AsSpan<float>().ToArray() : [];
        _weights = weights;
        _executor = new GraphExecutor(model, weights, placement);
        _inputs = inputs.ToTorch(_executor.Placement.Device);
        using Tensor y = _executor.Run(_inputs, "y").Single();
        C = Numbers.Normal((int)y.numel(), seed: 22);
        _coefficients = Placement.Move(HostTensor.From(C, y.shape).ToTorch(), _executor.Placement.Device);
    }

    /// <summary>The input x, row-major; empty where the model has none.</summary>
    public float[] X { get; }

    /// <summary>The coefficients, row-major: the gradient of the sum with respect to y.</summary>
    public float[] C { get; }

    /// <summary>Gradients by autograd, one array a parameter.</summary>
    public float[][] Gradients()
    {
        _weights.ClearGradients();
        using (Tensor y = _executor.Run(_inputs, "y").Single(), weighted = y.mul(_coefficients), sum = weighted.sum())
            sum.backward();
        return [.. _weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())];
    }

    /// <summary>The same with every segment of the plan computed again in the backward pass.</summary>
    public float[][] RecomputedGradients()
    {
        _weights.ClearGradients();
        using (IForwardPass pass = _executor.Forward(_inputs, "y", memoryTarget: 1))
            pass.Backward(_coefficients);
        return [.. _weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())];
    }

    /// <summary>Asserts that autograd and finite differences agree.</summary>
    public void AssertFiniteDifferences()
    {
        float[][] gradients = Gradients(), values = _weights.Capture();
        for (int parameter = 0; parameter < values.Length; parameter++)
        {
            int length = values[parameter].Length, count = Math.Min(length, MaxElements);
            int[] elements = [.. Enumerable.Range(0, count).Select(index => (int)((long)index * length / count))];
            float[] differences = [.. elements.Select(element => Difference(values, parameter, element))];
            Numbers.AssertClose([.. elements.Select(element => gradients[parameter][element])], differences, Tolerance);
        }
    }

    public void Dispose()
    {
        _coefficients.Dispose();
        _inputs.Values.DisposeAll();
        _executor.Dispose();
    }

    private static HostTensor RandomInput(OnnxModel model)
    {
        long[] shape = [3, .. model.Graph.Inputs.Single().Shape!.Skip(1).Select(axis => axis.Size!.Value)];
        return HostTensor.From(Numbers.Normal((int)shape.Aggregate(1L, (count, size) => count * size), seed: 21), shape);
    }

    private float Difference(float[][] values, int parameter, int element)
    {
        float center = values[parameter][element];
        values[parameter][element] = center + Step;
        double above = Sum(values);
        values[parameter][element] = center - Step;
        double below = Sum(values);
        values[parameter][element] = center;
        return (float)((above - below) / (2 * Step));
    }

    private double Sum(float[][] values)
    {
        using var _ = no_grad();
        _weights.Restore(values);
        float[] y = _executor.Run(_inputs, "y").Single().ToFloatsAndDispose();
        return y.Zip(C, (value, coefficient) => (double)value * coefficient).Sum();
    }
}
