using LoraEdge.Training.Execution;
using LoraEdge.Training.Operators;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Products of stacks of matrices against torch.matmul, which is safe as long as nothing goes wrong.</summary>
public sealed class MatrixProductTests
{
    private static IEnumerable<TestCaseData> Shapes =>
        from shapes in new (long[] Left, long[] Right)[]
        {
            ([3], [3]), ([3], [3, 4]), ([2, 3], [3]), ([2, 3], [3, 4]), ([5, 2, 3], [3, 4]), ([2, 3], [5, 3, 4]), ([5, 2, 3], [5, 3, 4]), ([3], [5, 3, 4]), ([5, 2, 3], [3]),
            ([6, 1, 2, 3], [5, 3, 4]), ([6, 5, 2, 3], [6, 5, 3, 4]), ([1, 2, 3], [6, 5, 3, 4]), ([0, 2, 3], [3, 4]), ([5, 0, 3], [3, 4]), ([5, 2, 0], [0, 4]), ([5, 2, 0], [5, 0, 4]), ([5, 2, 3], [5, 3, 0]), ([0, 2, 3], [1, 3, 4]), ([7, 1, 0, 3], [1, 5, 3, 4]),
        }
        select new TestCaseData(shapes.Left, shapes.Right).SetArgDisplayNames($"[{string.Join(",", shapes.Left)}] x [{string.Join(",", shapes.Right)}]");

    [TestCaseSource(nameof(Shapes))]
    public void TheProduct_IsThatOfMatmul_WithItsGradients(long[] left, long[] right)
    {
        NativeLibtorch.EnsureLoaded();
        (float[] Value, long[] Shape, float[] Left, float[] Right) actual = Differentiate(left, right, MatrixProduct.Of), expected = Differentiate(left, right, (x, y) => x.matmul(y));

        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        Numbers.AssertClose(actual.Value, expected.Value, Tolerances.Float32);
        Numbers.AssertClose(actual.Left, expected.Left, Tolerances.Float32);
        Numbers.AssertClose(actual.Right, expected.Right, Tolerances.Float32);
    }

    private static (float[] Value, long[] Shape, float[] Left, float[] Right) Differentiate(long[] left, long[] right, Func<Tensor, Tensor, Tensor> product)
    {
        using Tensor x = OperatorCase.Random(left, seed: 1).ToTorch().requires_grad_(), y = OperatorCase.Random(right, seed: 2).ToTorch().requires_grad_();
        using Tensor value = product(x, y), squares = value.square(), sum = squares.sum();
        sum.backward();
        return (value.ToFloats(), value.shape, x.grad!.ToFloatsAndDispose(), y.grad!.ToFloatsAndDispose());
    }
}
