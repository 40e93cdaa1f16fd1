namespace LoraEdge.Training.Tests.Operators;

/// <summary>Nodes on quantized values that break their operator's rules.</summary>
internal static class InvalidQuantizedNodes
{
    private static readonly HostTensor s_integers = HostTensor.From([1L, 2L, 3L, 4L], 2, 2);

    public static IEnumerable<OperatorCase> All()
    {
        HostTensor bytes = HostTensor.From(new byte[6], 2, 3), byteVector = HostTensor.From(new byte[2], 2), image = HostTensor.From(new byte[32], 1, 2, 4, 4), kernel = HostTensor.From(new byte[18], 1, 2, 3, 3);
        HostTensor one = HostTensor.From([1f]), zero = HostTensor.From([(byte)0]), signedZero = HostTensor.From([(sbyte)0]);
        OperatorCase Product(HostTensor scaleA, HostTensor scaleB, HostTensor scaleY) =>
            new OperatorCase("QLinearMatMul").Feed(bytes).Feed(scaleA).Feed(zero).Feed(HostTensor.From(new byte[6], 3, 2)).Feed(scaleB).Feed(zero).Feed(scaleY).Feed(zero);
        return
        [
            new OperatorCase("QuantizeLinear").Feed(s_integers).Feed(one),
            new OperatorCase("QuantizeLinear").Feed(2, 3).Feed(HostTensor.From([1f, 1f], 2)),
            new OperatorCase("QuantizeLinear").Feed(2, 3).Feed(HostTensor.From([1f, 1f], 2)).With("axis", 2),
            new OperatorCase("QuantizeLinear").Feed(2, 3).Feed(one).Feed(HostTensor.From([0])),
            new OperatorCase("QuantizeLinear").Feed(2, 3).Feed(one).Feed(byteVector),
            new OperatorCase("QuantizeLinear", Opset: 21).Feed(2, 4).Feed(2, 3).With("axis", 1).With("block_size", 2),
            new OperatorCase("QuantizeLinear", Opset: 21).Feed(2, 4).Feed(2, 3).With("axis", 1).With("block_size", -1),
            new OperatorCase("DequantizeLinear").Feed(2, 3).Feed(one),
            new OperatorCase("DequantizeLinear").Feed(bytes).Feed(one).Feed(signedZero),
            new OperatorCase("DequantizeLinear").Feed(bytes).Feed(zero),
            new OperatorCase("DynamicQuantizeLinear").Feed(s_integers).Outputs(3),
            new OperatorCase("MatMulInteger").Feed(2, 3).Feed(3, 2),
            new OperatorCase("MatMulInteger").Feed(bytes).Feed(bytes),
            new OperatorCase("MatMulInteger").Feed(zero).Feed(bytes),
            new OperatorCase("MatMulInteger").Feed(bytes).Feed(HostTensor.From(new byte[6], 3, 2)).Feed(signedZero),
            new OperatorCase("MatMulInteger").Feed(bytes).Feed(HostTensor.From(new byte[6], 3, 2)).Feed(HostTensor.From(new byte[3], 3)),
            new OperatorCase("MatMulInteger").Feed(HostTensor.From(new byte[8], 2, 2, 2)).Feed(HostTensor.From(new byte[12], 3, 2, 2)),
            new OperatorCase("ConvInteger").Feed(image).Feed(HostTensor.From(new byte[27], 1, 3, 3, 3)),
            new OperatorCase("ConvInteger").Feed(image).Feed(bytes),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("strides", new[] { 0, 1 }),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("pads", new[] { 1, 1 }),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("dilations", new[] { 2, 2 }),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("kernel_shape", new[] { 2, 2 }),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("group", 0),
            new OperatorCase("ConvInteger").Feed(image).Feed(kernel).With("auto_pad", "SOME"),
            Product(HostTensor.From([1f, 1f, 1f], 3), one, one),
            Product(one, HostTensor.From([1f, 1f, 1f], 3), one),
            Product(one, one, HostTensor.From([1f, 1f], 2)),
            Product(one, zero, one),
            new OperatorCase("QLinearConv").Feed(image).Feed(one).Feed(zero).Feed(kernel).Feed(HostTensor.From([1f, 1f], 2)).Feed(zero).Feed(one).Feed(zero),
            new OperatorCase("QLinearConv").Feed(image).Feed(one).Feed(zero).Feed(kernel).Feed(one).Feed(zero).Feed(one).Feed(zero).Feed(HostTensor.From([1, 2], 2)),
            new OperatorCase("QLinearAdd") { Domain = "com.microsoft" }.Feed(bytes).Feed(one).Feed(zero).Feed(byteVector).Feed(one).Feed(zero).Feed(one).Feed(zero),
            new OperatorCase("QLinearMul") { Domain = "com.microsoft" }.Feed(bytes).Feed(2).Feed(zero).Feed(bytes).Feed(one).Feed(zero).Feed(one).Feed(zero),
            new OperatorCase("MatMulIntegerToFloat") { Domain = "com.microsoft" }.Feed(bytes).Feed(HostTensor.From(new byte[6], 3, 2)).Feed(one).Feed(3),
            new OperatorCase("DynamicQuantizeMatMul") { Domain = "com.microsoft" }.Feed(2, 4).Feed(bytes).Feed(one),
            new OperatorCase("DynamicQuantizeMatMul") { Domain = "com.microsoft" }.Feed(2, 3).Feed(HostTensor.From(new byte[6], 3, 2)).Feed(one).Omit().Feed(3),
            new OperatorCase("MatMulNBits") { Domain = "com.microsoft" }.Feed(2, 32).Feed(bytes).Feed(6).With("N", 3).With("K", 32).With("block_size", 16),
            new OperatorCase("MatMulNBits") { Domain = "com.microsoft" }.Feed(2, 32).Feed(HostTensor.From(new byte[48], 3, 2, 8)).Feed(5).With("N", 3).With("K", 32).With("block_size", 16),
            new OperatorCase("MatMulNBits") { Domain = "com.microsoft" }.Feed(2, 31).Feed(HostTensor.From(new byte[48], 3, 2, 8)).Feed(6).With("N", 3).With("K", 32).With("block_size", 16),
            new OperatorCase("MatMulNBits") { Domain = "com.microsoft" }.Feed(2, 32).Feed(HostTensor.From(new byte[48], 3, 2, 8)).Feed(6).With("N", 3).With("K", long.MaxValue).With("block_size", 16),
        ];
    }
}
