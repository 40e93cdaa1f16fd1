namespace LoraEdge.Training.Tests.Operators;

/// <summary>Pad in all modes, CenterCropPad, and the operators that turn pixels into channels.</summary>
internal static class PaddingCases
{
    public static IEnumerable<OperatorCase> All() => [.. Pads(), .. Types(), .. CenterCropPads(), .. Blocks()];

    private static IEnumerable<OperatorCase> Pads()
    {
        foreach (string mode in new[] { "constant", "reflect", "edge" })
        {
            yield return new OperatorCase("Pad", Opset: 2).Feed(3, 4).With("mode", mode).With("pads", new[] { 1, 0, 2, 3 });
            foreach (long[] pads in new long[][] { [1, 2, 0, 1], [0, -1, 0, 2], [-1, -1, -1, 0], [0, 0, 0, 0] })
                yield return new OperatorCase("Pad", Opset: 11).Feed(3, 4).Integers(pads).With("mode", mode);
            yield return new OperatorCase("Pad", Opset: 13).Feed(5).Integers(2, 3).With("mode", mode);
            yield return new OperatorCase("Pad", Opset: 13).Feed(2, 3, 4, 3).Integers(0, 1, 2, 0, 1, 0, 1, 2).With("mode", mode);
            yield return new OperatorCase("Pad", Opset: 18).Feed(2, 3, 4).Integers(1, 2, 2, 1).Omit().Integers(-1, 1).With("mode", mode);
        }

        foreach (long[] pads in new long[][] { [1, 2, 0, 1], [3, 0, 0, 4] })
            yield return new OperatorCase("Pad", Opset: 19).Feed(3, 4).Integers(pads).With("mode", "wrap");
        yield return new OperatorCase("Pad", Opset: 2).Feed(3, 4).With("value", 1.5f).With("pads", new[] { 1, 0, 2, 3 });
        yield return new OperatorCase("Pad", Opset: 11).Feed(3, 4).Integers(1, 0, 2, 3).Constant(HostTensor.From([-2.5f]));
        yield return new OperatorCase("Pad", Opset: 13).Feed(3, 4).Feed(HostTensor.From([1L, 0L, 2L, 3L], 4)).Feed(HostTensor.From([-2.5f]));
        yield return new OperatorCase("Pad", Opset: 13).Feed(0, 2).Integers(1, 0, 1, 0);
    }

    private static IEnumerable<OperatorCase> Types()
    {
        HostTensor[] inputs = [HostTensor.From([1L, 2L, 3L], 3), HostTensor.From([1, 2, 3], 3), HostTensor.From([true, false, true], 3), HostTensor.From(new byte[] { 1, 2, 250 }, 3), HostTensor.From(new sbyte[] { 1, 2, -3 }, 3)];
        HostTensor[] values = [HostTensor.From([7L]), HostTensor.From([7]), HostTensor.From([true]), HostTensor.From(new byte[] { 7 }), HostTensor.From(new sbyte[] { -7 })];
        foreach ((HostTensor input, HostTensor value) in inputs.Zip(values))
        {
            yield return new OperatorCase("Pad", Opset: 13).Feed(input).Integers(1, 2).Constant(value);
            yield return new OperatorCase("Pad", Opset: 13).Feed(input).Integers(1, 2).With("mode", "edge");
            yield return new OperatorCase("Pad", Opset: 13).Feed(input).Integers(1, 2).With("mode", "reflect");
        }
    }

    private static IEnumerable<OperatorCase> CenterCropPads()
    {
        foreach (long[] shape in new long[][] { [3, 9], [8, 3], [4, 4], [5, 7] })
            yield return new OperatorCase("CenterCropPad", Opset: 18).Feed(5, 6).Integers(shape);
        yield return new OperatorCase("CenterCropPad", Opset: 18).Feed(2, 5, 6).Integers(9, 2).With("axes", new[] { -1, 0 });
    }

    private static IEnumerable<OperatorCase> Blocks()
    {
        foreach (string mode in new[] { "DCR", "CRD" })
            yield return new OperatorCase("DepthToSpace", Opset: 11).Feed(2, 8, 2, 3).With("blocksize", 2).With("mode", mode);
        yield return new OperatorCase("DepthToSpace", Opset: 1).Feed(2, 9, 2, 3).With("blocksize", 3);
        yield return new OperatorCase("SpaceToDepth", Opset: 1).Feed(2, 2, 6, 9).With("blocksize", 3);
        yield return new OperatorCase("SpaceToDepth", Opset: 13).Feed(2, 2, 4, 6).With("blocksize", 2);
    }
}
