using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Integer products that are scaled to integers again: QLinearMatMul and QLinearConv.</summary>
internal static class QuantizedProducts
{
    private const int A = 0, ScaleA = 1, ZeroA = 2, B = 3, ScaleB = 4, ZeroB = 5, Bias = 8;

    public static void Register(OperatorTable table)
    {
        table.Add("QLinearMatMul", since: 10, MatMul);
        table.Add("QLinearConv", since: 10, Conv);
    }

    private static Operation MatMul(NodeContext node)
    {
        IntegerMatrixProduct product = IntegerMatrixProduct.Of(node, IntegerFactor.OfRows(node, A, ZeroA), B, ZeroB);
        long[] a = node.Shape(A), b = node.Shape(B);
        node.Require(a.Length > 1 && b.Length > 1, "vectors are not multiplied");
        long[] perRow = [.. IntegerFactor.Spread(node, ScaleA, a, IntegerFactor.RowAxis(a))], perColumn = IntegerFactor.Spread(node, ScaleB, b, b.Length - 1);
        Requantization output = Requantization.Of(node, perRow, perColumn);
        return inputs =>
        {
            using Tensor exact = product.Run(inputs);
            return [output.Run(exact, inputs)];
        };
    }

    private static Operation Conv(NodeContext node)
    {
        IntegerConvolution product = IntegerConvolution.Of(node, A, ZeroA, B, ZeroB, Bias);
        long channels = node.Shape(B)[0];
        long[] perChannel = [channels, .. node.Shape(A).Skip(2).Select(_ => 1L)];
        bool hasBias = node.Has(Bias), oneScale = node.Shape(ScaleB).All(size => size == 1);
        node.Require(oneScale || node.Shape(ScaleB).SequenceEqual([channels]), "w_scale must be one number, or one for each output channel");
        node.Require(node.Shape(ScaleA).All(size => size == 1), "x_scale must be one number");
        node.Require(!hasBias || (node.Type(Bias) == ScalarType.Int32 && node.Shape(Bias).SequenceEqual([channels])), "B must be one int32 for each output channel");
        Requantization output = Requantization.Of(node, [], oneScale ? [] : perChannel);
        return inputs =>
        {
            using Tensor exact = product.Run(inputs);
            if (!hasBias)
                return [output.Run(exact, inputs)];
            using Tensor bias = inputs[Bias]!.to(product.Type), shaped = bias.reshape(perChannel), sum = exact.add(shaped, Number.One);
            return [output.Run(sum, inputs)];
        };
    }
}
