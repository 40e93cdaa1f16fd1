using LoraEdge.Onnx.Parity;

namespace LoraEdge.Onnx.Tests.Parity;

public sealed class ParityDifferenceTests
{
    private const double Tolerance = 1e-4;

    [Test]
    public void Floats_AreComparedAtTheScaleOfTheWhole()
    {
        ParityDifference difference = Floats([0.009f, -200], [0, -200]);
        Assert.That((difference.Relative, difference.Detail), Is.EqualTo((0.009 / 200, (string?)null)).Within(1e-9));
        Assert.That(Floats([0.021f, -200], [0, -200]).Detail, Is.EqualTo("element 0 of 2 is 0.0209999997, expected 0, at a scale of 200"));
    }

    [Test]
    public void Floats_ThatAreExpectedToBeZero_AreComparedAtScaleOne()
    {
        Assert.That(Floats([5e-5f], [0]).Detail, Is.Null);
        Assert.That(Floats([2e-4f], [0]).Detail, Is.Not.Null);
    }

    [TestCase(float.NaN, float.NaN, true)]
    [TestCase(float.NegativeInfinity, float.NegativeInfinity, true)]
    [TestCase(float.PositiveInfinity, float.NegativeInfinity, false)]
    [TestCase(float.NaN, 1f, false)]
    [TestCase(1f, float.NaN, false)]
    [TestCase(float.MaxValue, float.PositiveInfinity, false)]
    public void NumbersThatAreNotFinite_AreEqualToThemselvesOnly(float actual, float expected, bool agree)
    {
        ParityDifference difference = Floats([actual, 1], [expected, 1]);
        Assert.That((difference.Detail is null, difference.Relative), Is.EqualTo((agree, agree ? 0 : double.MaxValue)));
    }

    [Test]
    public void Integers_AreComparedExactly()
    {
        HostTensor expected = HostTensor.From([1_000_000L, 3], 2);
        Assert.That(ParityDifference.Between(HostTensor.From([1_000_000L, 3], 2), expected, Tolerance).Detail, Is.Null);
        Assert.That(ParityDifference.Between(HostTensor.From([1_000_001L, 3], 2), expected, Tolerance).Detail, Does.StartWith("element 0 of 2 is 1000001, expected 1000000"));
    }

    [TestCase(TensorElementType.Int32, 4)]
    [TestCase(TensorElementType.Int8, 1)]
    [TestCase(TensorElementType.UInt8, 1)]
    [TestCase(TensorElementType.Boolean, 1)]
    public void OtherTypes_AreComparedExactly(TensorElementType type, int size)
    {
        HostTensor Tensor(byte last) => new(type, [2], [.. new byte[size], last, .. new byte[size - 1]]);
        Assert.That(ParityDifference.Between(Tensor(1), Tensor(0), Tolerance), Has.Property("Relative").EqualTo(1).And.Property("Detail").Contains("element 1 of 2 is 1, expected 0"));
    }

    [Test]
    public void HalfPrecision_IsComparedAsNumbers()
    {
        HostTensor Halves(params ushort[] bits) => new(TensorElementType.Float16, [bits.Length], [.. bits.SelectMany(BitConverter.GetBytes)]);
        ParityDifference difference = ParityDifference.Between(Halves(0x3C01, 0x4000), Halves(0x3C00, 0x4000), ParityTolerance.Rounded);
        Assert.That((difference.Relative, difference.Detail), Is.EqualTo((Math.Pow(2, -11), (string?)null)));
    }

    [Test]
    public void AnotherShapeOrType_NeverAgrees()
    {
        HostTensor expected = HostTensor.From(new float[6], 2, 3);
        Assert.That(ParityDifference.Between(HostTensor.From(new float[6], 3, 2), expected, Tolerance), Is.EqualTo(new ParityDifference(double.MaxValue, "the shape is [3,2], expected [2,3]")));
        Assert.That(ParityDifference.Between(HostTensor.From(new int[6], 2, 3), expected, Tolerance), Is.EqualTo(new ParityDifference(double.MaxValue, "the type is Int32, expected Float32")));
    }

    private static ParityDifference Floats(float[] actual, float[] expected) =>
        ParityDifference.Between(HostTensor.From(actual, actual.Length), HostTensor.From(expected, expected.Length), Tolerance);
}
