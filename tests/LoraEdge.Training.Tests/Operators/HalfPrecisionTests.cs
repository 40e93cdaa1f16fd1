namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that ONNX Runtime has no half precision for on the CPU, where there is nothing to compare with but a closed form.</summary>
public sealed class HalfPrecisionTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void AveragePool_InHalfPrecision_StaysInIt(int axes)
    {
        int[] kernel = [.. Enumerable.Repeat(2, axes)];
        OperatorCase pool = new OperatorCase("AveragePool", Opset: 19).Feed(Constant(1.5f, [1, 1, .. Enumerable.Repeat(3L, axes)])).With("kernel_shape", kernel).With("pads", kernel.Concat(kernel).Select(size => size - 1).ToArray());

        AssertAll(pool.Execute().Single(), 1.5f);
    }

    [TestCase("linear")]
    [TestCase("cubic")]
    public void Resize_InHalfPrecision_StaysInIt(string mode)
    {
        OperatorCase resize = new OperatorCase("Resize").Feed(Constant(-2.5f, 3, 4)).Omit().Omit().Integers(5, 3).With("mode", mode);

        AssertAll(resize.Execute().Single(), -2.5f);
    }

    [Test]
    public void RmsNormalization_InHalfPrecision_SquaresWhatHalfPrecisionCannotHold()
    {
        OperatorCase normal = new OperatorCase("RMSNormalization", Opset: 23).Feed(Constant(1024, 2, 4)).Feed(Constant(0.5f, 4));

        AssertAll(normal.Execute().Single(), 0.5f);
    }

    private static void AssertAll(HostTensor actual, float expected)
    {
        Assert.That(actual.ElementType, Is.EqualTo(TensorElementType.Float16));
        Assert.That(actual.Bytes, Is.EqualTo(Constant(expected, actual.Shape).Bytes));
    }

    private static HostTensor Constant(float value, params long[] shape)
    {
        byte[] one = BitConverter.GetBytes((Half)value);
        return new HostTensor(TensorElementType.Float16, shape, [.. Enumerable.Repeat(one, (int)shape.Aggregate(1L, (count, size) => count * size)).SelectMany(bytes => bytes)]);
    }
}
