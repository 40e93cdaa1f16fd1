using LoraEdge.Training.Products;
using LoraEdge.Training.Tests.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Products;

/// <summary>The product with a frozen matrix has the value and the gradient of libtorch's own.</summary>
[NonParallelizable]
public sealed class FrozenProductTests
{
    private const int Rows = 37, In = 50, Out = 70;

    [Test]
    public void ValueAndGradient_AreThoseOfLibtorch([Values] bool isTransposed)
    {
        using Tensor weight = Weight(isTransposed), seed = Normal(3, Rows, Out);
        using Tensor x = Normal(1, Rows, In).requires_grad_(), other = x.detach().clone().requires_grad_();

        using Tensor product = FrozenProduct.Differentiable(x, weight), expected = other.mm(weight);
        autograd.backward([product], [seed]);
        autograd.backward([expected], [seed]);

        Assert.That(product.ToFloats(), Is.EqualTo(expected.ToFloats()).Within(1e-4));
        Assert.That(x.grad!.ToFloatsAndDispose(), Is.EqualTo(other.grad!.ToFloatsAndDispose()).Within(1e-4));
    }

    [Test]
    public void Gradient_IsThatOfFiniteDifferences()
    {
        using Tensor weight = Weight(false), x = Normal(1, Rows, In).requires_grad_();
        double Loss(Tensor at)
        {
            using Tensor product = FrozenProduct.Multiply(at, weight), wide = product.to(ScalarType.Float64), squares = wide.square(), sum = squares.sum();
            return sum.item<double>();
        }

        using Tensor value = FrozenProduct.Differentiable(x, weight), square = value.square(), loss = square.sum();
        loss.backward();

        float[] gradient = x.grad!.ToFloatsAndDispose();
        foreach (int at in new[] { 0, 13, In, (Rows * In) - 1 })
        {
            using Tensor higher = x.detach().clone(), lower = x.detach().clone();
            higher.view(-1)[at] += 0.01f;
            lower.view(-1)[at] -= 0.01f;
            double difference = (Loss(higher) - Loss(lower)) / 0.02;
            Assert.That(gradient[at], Is.EqualTo(difference).Within(0.01 * Math.Max(1, Math.Abs(difference))), $"entry {at}");
        }
    }

    [Test]
    public void AChain_WithSharedInputsAndChangesInPlace_HasTheGradientOfLibtorch()
    {
        using Tensor up = Weight(false), down = Weight(true).t();
        float[] Gradient(Func<Tensor, Tensor, Tensor> product)
        {
            using Tensor x = Normal(1, Rows, In).requires_grad_();
            using Tensor first = product(x, up), second = product(x, up).mul_(2), both = first.mul(second), back = product(both, down), loss = back.sum();
            loss.backward();
            return x.grad!.ToFloatsAndDispose();
        }

        Assert.That(Gradient(FrozenProduct.Differentiable), Is.EqualTo(Gradient((x, weight) => x.mm(weight))).Within(0.05));
    }

    [Test]
    public void ThreadsAtTheSameTime_DoNotDisturbEachOther()
    {
        float[] alone = GradientOf(5);

        float[][] together = new float[4][];
        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            for (int i = 0; i < 20; i++)
                together[thread] = GradientOf(5);
        });

        Assert.That(together, Has.All.EqualTo(alone));
    }

    [Test]
    public void Passes_LeaveNoTensorBehind()
    {
        GradientOf(1);

        LiveTensors.AssertUnchangedBy(() => GradientOf(2));
    }

    [Test]
    public void AGraphThatIsNeverDifferentiated_LeavesNoTensorBehind()
    {
        GradientOf(1);

        LiveTensors.AssertUnchangedBy(() =>
        {
            using Tensor weight = Weight(false), x = Normal(1, Rows, In), trained = x.requires_grad_();
            FrozenProduct.Differentiable(trained, weight).Dispose();
        });
    }

    [Test]
    public void WhereLibtorchIsNeeded_ThereIsNoProduct()
    {
        using Tensor x = Normal(1, Rows, In), weight = Weight(false), narrow = weight.to(ScalarType.Float16), trained = weight.detach().clone().requires_grad_();
        using Tensor few = x.narrow(0, 0, 2), sparse = Normal(2, In, 2 * Out), strided = sparse.slice(1, 0, 2 * Out, 2);

        Assert.That(FrozenProduct.Of(x, trained), Is.Null, "a gradient is wanted for the matrix");
        Assert.That(FrozenProduct.Of(x, narrow), Is.Null, "half precision");
        Assert.That(FrozenProduct.Of(few, weight), Is.Null, "too few rows");
        Assert.That(FrozenProduct.Of(x, strided), Is.Null, "not dense");
    }

    private static float[] GradientOf(int seed)
    {
        using Tensor weight = Weight(false), x = Normal(seed, Rows, In), trained = x.requires_grad_();
        using Tensor product = FrozenProduct.Differentiable(trained, weight), loss = product.sum();
        loss.backward();
        return trained.grad!.ToFloatsAndDispose();
    }

    private static Tensor Weight(bool isTransposed)
    {
        if (!isTransposed)
            return Normal(2, In, Out);
        using Tensor stored = Normal(2, Out, In);
        return stored.t();
    }

    private static Tensor Normal(int seed, long rows, long columns)
    {
        Tensor made = empty(rows, columns);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(Numbers.Normal((int)(rows * columns), seed, 1).AsSpan()).CopyTo(made.bytes);
        return made;
    }
}
