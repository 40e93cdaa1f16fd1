using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// What ONNX Runtime makes of MatMulInteger with all that stands around it when it optimizes a dynamically quantized model:
/// <c>A * B * (scaleA * scaleB) + bias</c> in real numbers.
/// </summary>
internal static class IntegerProductsToFloat
{
    public static void Register(OperatorTable table)
    {
        table.Add("MatMulIntegerToFloat", since: 1, Static, domain: "com.microsoft");
        table.Add("DynamicQuantizeMatMul", since: 1, Dynamic, domain: "com.microsoft");
    }

    private static Operation Static(NodeContext node)
    {
        IntegerMatrixProduct product = IntegerMatrixProduct.Of(node, IntegerFactor.OfRows(node, data: 0, zero: 4), b: 1, zeroB: 5);
        node.Require(node.Type(2) == ScalarType.Float32 && node.Shape(2).All(size => size == 1), "a_scale must be one float32");
        CheckOutput(node, scaleB: 3, bias: 6);
        return inputs =>
        {
            using Tensor exact = product.Run(inputs), scale = inputs[2]!.reshape(Array.Empty<long>());
            return [Scale(exact, scale, inputs[3]!, inputs.Length > 6 ? inputs[6] : null)];
        };
    }

    private static Operation Dynamic(NodeContext node)
    {
        const int measuredZero = 2;
        node.Require(node.Type(0) == ScalarType.Float32, "A must hold float32");
        IntegerMatrixProduct product = IntegerMatrixProduct.Of(node, new IntegerFactor(0, measuredZero, []), b: 1, zeroB: 3);
        CheckOutput(node, scaleB: 2, bias: 4);
        return inputs =>
        {
            (Tensor quantized, Tensor scale, Tensor zero) = DynamicRange.Quantize(inputs[0]!, carried: true);
            using Tensor data = quantized, scaleA = scale, zeroA = zero;
            using Tensor exact = product.Run([data, inputs[1], zeroA, inputs.Length > 3 ? inputs[3] : null]);
            return [Scale(exact, scaleA, inputs[2]!, inputs.Length > 4 ? inputs[4] : null)];
        };
    }

    private static void CheckOutput(NodeContext node, int scaleB, int bias)
    {
        node.Require(node.Rank(1) >= 2, "B must be a matrix");
        long columns = node.Shape(1)[^1];
        bool perColumn = node.Shape(scaleB) is [var count] && (count == 1 || count == columns);
        node.Require(node.Type(scaleB) == ScalarType.Float32 && (perColumn || node.Rank(scaleB) == 0), "b_scale must be one float32, or one for each column of B");
        node.Require(!node.Has(bias) || (node.Type(bias) == ScalarType.Float32 && node.Shape(bias).SequenceEqual([columns])), "the bias must be one float32 for each column of B");
    }

    private static Tensor Scale(Tensor exact, Tensor scaleA, Tensor scaleB, Tensor? bias)
    {
        using Tensor product = exact.to(ScalarType.Float32), scale = scaleA.mul(scaleB), scaled = product.mul(scale);
        return bias is null ? scaled.alias() : scaled.add(bias, Number.One);
    }
}
