namespace LoraEdge.Tests.Interactions;

public sealed class HostTensorTests
{
    [Test]
    public void From_KeepsTypeShapeAndValues()
    {
        HostTensor tensor = HostTensor.From([1f, 2f, 3f, 4f, 5f, 6f], 2, 3);
        Assert.Multiple(() =>
        {
            Assert.That(tensor.ElementType, Is.EqualTo(TensorElementType.Float32));
            Assert.That(tensor.Shape, Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(tensor.Count, Is.EqualTo(6));
            Assert.That(tensor.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, 2f, 3f, 4f, 5f, 6f }));
        });
    }

    [Test]
    public void Shape_OfMoreElementsThanNumbersHold_IsRefused() =>
        Assert.That(() => new HostTensor(TensorElementType.Int64, [1L << 62, 1L << 62, 4], [1]), Throws.TypeOf<InvalidInputException>());

    [Test]
    public void From_CopiesTheValues()
    {
        long[] values = [1, 2];
        HostTensor tensor = HostTensor.From(values, 2);
        values[0] = 9;
        Assert.That(tensor.AsSpan<long>()[0], Is.EqualTo(1));
    }

    [Test]
    public void EveryManagedElementType_HasItsOnnxType()
    {
        Assert.Multiple(() =>
        {
            Assert.That(HostTensor.From(new long[1], 1).ElementType, Is.EqualTo(TensorElementType.Int64));
            Assert.That(HostTensor.From(new int[1], 1).ElementType, Is.EqualTo(TensorElementType.Int32));
            Assert.That(HostTensor.From(new byte[1], 1).ElementType, Is.EqualTo(TensorElementType.UInt8));
            Assert.That(HostTensor.From(new sbyte[1], 1).ElementType, Is.EqualTo(TensorElementType.Int8));
            Assert.That(HostTensor.From(new bool[1], 1).ElementType, Is.EqualTo(TensorElementType.Boolean));
            Assert.That(() => HostTensor.From(new double[1], 1), Throws.TypeOf<InvalidInputException>());
        });
    }

    [Test]
    public void AnEmptyShape_IsAScalar() => Assert.That(HostTensor.From([1f]).Count, Is.EqualTo(1));

    [Test]
    public void AnEmptyTensor_HasNoElements() => Assert.That(HostTensor.From(Array.Empty<float>(), 0, 3).Count, Is.Zero);

    [TestCase(5)]
    [TestCase(7)]
    public void ABufferThatDoesNotFitTheShape_IsRefused(int count) =>
        Assert.That(() => HostTensor.From(new float[count], 2, 3), Throws.TypeOf<InvalidInputException>().With.Message.Contains("[2,3]"));

    [Test]
    public void ANegativeSize_IsRefused() =>
        Assert.That(() => HostTensor.From(new float[4], -2, -2), Throws.TypeOf<InvalidInputException>());

    [Test]
    public void ViewingAsAnotherType_IsRefused() =>
        Assert.That(() => { HostTensor.From([1f], 1).AsSpan<int>(); }, Throws.TypeOf<InvalidInputException>().With.Message.Contains("Float32"));

    [Test]
    public void HalfTensors_AreMadeFromBytes() =>
        Assert.That(new HostTensor(TensorElementType.Float16, [3], new byte[6]).Count, Is.EqualTo(3));
}
