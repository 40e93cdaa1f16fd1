using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Products of integers that give int32: MatMulInteger and ConvInteger, the heart of dynamically quantized models.</summary>
internal static class IntegerProducts
{
    public static void Register(OperatorTable table)
    {
        table.Add("MatMulInteger", since: 10, node => Returning(node, IntegerMatrixProduct.Of(node, IntegerFactor.OfRows(node, data: 0, zero: 2), b: 1, zeroB: 3).Run));
        table.Add("ConvInteger", since: 10, node => Returning(node, IntegerConvolution.Of(node, x: 0, zeroX: 2, w: 1, zeroW: 3).Run));
    }

    private static Operation Returning(NodeContext node, Func<Tensor?[], Tensor> product)
    {
        if (node.CarriesResult)
            return inputs => [product(inputs)];
        return inputs =>
        {
            using Tensor exact = product(inputs);
            return [exact.to(ScalarType.Int32)];
        };
    }
}
