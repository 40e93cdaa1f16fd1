using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>The optimizer against the published formulas in double precision, on a length that SIMD lanes do not divide.</summary>
public sealed class AdamWTests
{
    private const int Length = 37;

    [TestCase(0.0)]
    [TestCase(0.1)]
    public void Step_IsThatOfThePaper(double decay)
    {
        NativeLibtorch.EnsureLoaded();
        float[] start = Numbers.Normal(Length, 1);
        double[] expected = [.. start.Select(value => (double)value)], m = new double[Length], v = new double[Length];
        using Tensor parameter = Leaf(start);
        var optimizer = new AdamW([parameter], _ => decay);
        for (int step = 1; step <= 5; step++)
        {
            float[] gradient = Numbers.Normal(Length, 10 + step);
            double rate = 0.01 * step, scale = step == 3 ? 0.25 : 1;
            Backward(parameter, gradient);
            optimizer.Step(rate, scale);
            for (int i = 0; i < Length; i++)
            {
                double g = gradient[i] * scale;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double corrected = m[i] / (1 - Math.Pow(0.9, step)), spread = Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step)));
                expected[i] = expected[i] * (1 - rate * decay) - rate * corrected / (spread + 1e-8);
            }
        }

        Numbers.AssertClose(parameter.ToFloats(), [.. expected.Select(value => (float)value)], Tolerances.Float32);
        Assert.That(optimizer.Steps, Is.EqualTo(5));
    }

    [Test]
    public void GradientNorm_IsThatOfAllParametersTogether()
    {
        NativeLibtorch.EnsureLoaded();
        float[] first = Numbers.Normal(2500, 1), second = Numbers.Normal(Length, 2);
        using Tensor a = Leaf(new float[2500]), b = Leaf(new float[Length]), untouched = Leaf(new float[3]);
        Backward(a, first);
        Backward(b, second);

        double norm = new AdamW([a, b, untouched], _ => 0).GradientNorm();

        Assert.That(norm, Is.EqualTo(Math.Sqrt(first.Concat(second).Sum(value => (double)value * value))).Within(1e-4).Percent);
    }

    [Test]
    public void GradientNorm_OfAGradientThatIsNotFinite_IsNotFinite()
    {
        NativeLibtorch.EnsureLoaded();
        foreach (int at in new[] { 0, Length - 1 })
        {
            float[] gradient = new float[Length];
            gradient[at] = float.NaN;
            using Tensor parameter = Leaf(new float[Length]);
            Backward(parameter, gradient);

            Assert.That(new AdamW([parameter], _ => 0).GradientNorm(), Is.NaN);
        }
    }

    [TestCase(0.5, 1, 1)]
    [TestCase(1, 1, 1)]
    [TestCase(4, 1, 0.25)]
    public void Clipping_BringsTheNormDownToItsBound(double norm, double bound, double factor) => Assert.That(GradientClip.Factor(norm, bound), Is.EqualTo(factor));

    private static Tensor Leaf(float[] values) => HostTensor.From(values, values.Length).ToTorch().requires_grad_();

    private static void Backward(Tensor parameter, float[] gradient)
    {
        parameter.grad = null;
        using Tensor coefficients = HostTensor.From(gradient, gradient.Length).ToTorch();
        using Tensor weighted = parameter.mul(coefficients), sum = weighted.sum();
        sum.backward();
    }
}
