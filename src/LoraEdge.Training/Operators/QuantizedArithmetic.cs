using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>ONNX Runtime's QLinearAdd and QLinearMul: element-wise arithmetic from quantized to quantized numbers, with broadcasting.</summary>
internal static class QuantizedArithmetic
{
    private const int A = 0, ScaleA = 1, ZeroA = 2, B = 3, ScaleB = 4, ZeroB = 5, ScaleY = 6, ZeroY = 7;

    public static void Register(OperatorTable table)
    {
        table.Add("QLinearAdd", since: 1, node => Prepare(node, Add), domain: "com.microsoft");
        table.Add("QLinearMul", since: 1, node => Prepare(node, Multiply), domain: "com.microsoft");
    }

    /// <summary>The result on the grid of y, its zero point included; a and b hold integers, everything else is a scalar, and all is float32.</summary>
    private delegate Tensor Function(IntegerGrid grid, bool carried, Numbers a, Numbers b, Numbers y);

    /// <summary>Quantized numbers with their scale and zero point.</summary>
    private readonly record struct Numbers(Tensor? Integers, Tensor Scale, Tensor Zero) : IDisposable
    {
        public void Dispose()
        {
            Integers?.Dispose();
            Scale.Dispose();
            Zero.Dispose();
        }
    }

    private static Operation Prepare(NodeContext node, Function function)
    {
        node.RequireBroadcast(A, B);
        foreach (int data in new[] { A, B })
            node.Require(node.IsCarried(data) || node.Type(data) is ScalarType.Byte or ScalarType.Int8, $"input {data} must hold uint8 or int8");
        foreach (int number in new[] { ScaleA, ZeroA, ScaleB, ZeroB, ScaleY, ZeroY }.Where(input => input is ScaleA or ScaleB or ScaleY || node.Has(input)))
            node.Require(node.Shape(number).All(size => size == 1), $"input {number} must be one number");
        IntegerGrid grid = (node.Has(ZeroY) ? IntegerGrid.Of(node.Type(ZeroY)) : IntegerGrid.Of(node.Type(A))) ?? throw node.Fail("the result has no quantized type");
        bool carried = node.CarriesResult;
        return inputs =>
        {
            Tensor? Input(int index) => index < inputs.Length ? inputs[index] : null;
            Tensor Number(int index) => One(Input(index), node.Device);
            using Numbers a = new(Wide(inputs[A]!), Number(ScaleA), Number(ZeroA)), b = new(Wide(inputs[B]!), Number(ScaleB), Number(ZeroB));
            using Numbers y = new(null, Number(ScaleY), Number(ZeroY));
            return [function(grid, carried, a, b, y)];
        };
    }

    /// <summary>
    /// The zero points are gathered in one number, and every product is added without a rounding in between, as ONNX Runtime's
    /// kernels do; else some results end up on the other side of a half.
    /// </summary>
    private static Tensor Add(IntegerGrid grid, bool carried, Numbers a, Numbers b, Numbers y)
    {
        using Tensor ratioA = a.Scale.div(y.Scale), ratioB = b.Scale.div(y.Scale), zeroA = ratioA.mul(a.Zero), zeroB = ratioB.mul(b.Zero);
        using Tensor zeros = zeroA.add(zeroB, Number.One), rest = y.Zero.sub(zeros);
        using Tensor first = MultiplyAdd(a.Integers!, ratioA, rest), sum = MultiplyAdd(b.Integers!, ratioB, first);
        return grid.Round(sum, null, carried);
    }

    private static Tensor Multiply(IntegerGrid grid, bool carried, Numbers a, Numbers b, Numbers y)
    {
        using Tensor left = a.Integers!.sub(a.Zero), right = b.Integers!.sub(b.Zero), both = a.Scale.mul(b.Scale), ratio = both.div(y.Scale), product = left.mul(right), scaled = product.mul(ratio);
        return grid.Round(scaled, y.Zero, carried);
    }

    private static Tensor MultiplyAdd(Tensor integers, Tensor ratio, Tensor rest)
    {
        using Tensor wide = integers.to(ScalarType.Float64), product = wide.mul(ratio), sum = product.add(rest, Number.One);
        return sum.to(ScalarType.Float32);
    }

    private static Tensor Wide(Tensor numbers) => numbers.to(ScalarType.Float32);

    private static Tensor One(Tensor? number, Device device)
    {
        if (number is null)
            return tensor(0f, device: device);
        using Tensor wide = Wide(number);
        return wide.reshape(Array.Empty<long>());
    }
}
