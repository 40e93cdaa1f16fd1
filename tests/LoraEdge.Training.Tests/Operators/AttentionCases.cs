namespace LoraEdge.Training.Tests.Operators;

/// <summary>Attention of ONNX (opset 23) and of com.microsoft (with the projections).</summary>
internal static class AttentionCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() =>
        [.. Plain(), .. Masked(), .. WithPast(), .. Scores(), .. InHalf(), .. Projected(), .. ProjectedMasks(), .. ProjectedPast()];

    private static IEnumerable<OperatorCase> Plain()
    {
        foreach (int causal in new[] { 0, 1 })
        {
            yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).With("is_causal", causal);
            yield return Standard().Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 10).With("is_causal", causal);
            yield return Standard().Feed(2, 6, 4, 8).Feed(2, 2, 4, 8).Feed(2, 2, 4, 8).With("is_causal", causal);
            yield return Standard().Feed(2, 4, 24).Feed(2, 6, 24).Feed(2, 6, 24).With("q_num_heads", 3).With("kv_num_heads", 3).With("is_causal", causal);
            yield return Standard().Feed(2, 4, 48).Feed(2, 4, 16).Feed(2, 4, 20).With("q_num_heads", 6).With("kv_num_heads", 2).With("is_causal", causal).With("scale", 0.3f);
            yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).With("is_causal", causal).With("softcap", 1.5f).With("scale", 2f);
            yield return Standard().Feed(2, 3, 1, 8).Feed(2, 3, 5, 8).Feed(2, 3, 5, 8).With("is_causal", causal);
            yield return Standard().Feed(2, 3, 6, 8).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).With("is_causal", causal);
        }

        foreach (int precision in new[] { 1, 10, 11, 16 })
            yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).With("softmax_precision", precision);
    }

    private static IEnumerable<OperatorCase> Masked()
    {
        long[][] shapes = [[4, 6], [1, 4, 6], [3, 4, 6], [2, 1, 4, 6], [1, 3, 4, 6], [2, 3, 4, 6]];
        foreach (int causal in new[] { 0, 1 })
        {
            foreach (long[] shape in shapes)
            {
                yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(shape).With("is_causal", causal);
                yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(Flags(shape)).With("is_causal", causal);
            }

            yield return Standard().Feed(2, 4, 24).Feed(2, 6, 8).Feed(2, 6, 8).Feed(Flags([4, 6])).With("is_causal", causal).With("q_num_heads", 3).With("kv_num_heads", 1);
            yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(Flags([2, 1, 4, 6])).With("is_causal", causal).With("softcap", 2f);
        }

        // Queries that see nothing, or nothing but what is hidden.
        const float Lowest = float.MinValue, Infinite = float.NegativeInfinity;
        HostTensor[] blind =
        [
            HostTensor.From([false, false, false, true, false, true], 2, 3), HostTensor.From([Lowest, Lowest, Lowest, 0, Lowest, 0], 2, 3), HostTensor.From([Infinite, Infinite, Infinite, 0, Infinite, 0], 2, 3),
            HostTensor.From([Infinite, Lowest, Lowest, 0, Infinite, 0], 2, 3), HostTensor.From([Lowest, 0, 0, 0, Lowest, 0], 2, 3), HostTensor.From([-1e4f, -1e4f, -1e4f, 0, -1e4f, 0], 2, 3),
        ];
        foreach (HostTensor mask in blind)
        {
            foreach (int causal in new[] { 0, 1 })
            {
                foreach (float softcap in new[] { 0f, 2f })
                    yield return Standard().Feed(1, 2, 2, 8).Feed(1, 2, 3, 8).Feed(1, 2, 3, 8).Feed(mask).With("is_causal", causal).With("softcap", softcap);
            }
        }
    }

    private static IEnumerable<OperatorCase> WithPast()
    {
        foreach (int causal in new[] { 0, 1 })
        {
            yield return Standard().Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Omit().Feed(2, 3, 5, 8).Feed(2, 3, 5, 8).Outputs(3).With("is_causal", causal);
            yield return Standard().Feed(2, 3, 1, 8).Feed(2, 3, 1, 8).Feed(2, 3, 1, 10).Omit().Feed(2, 3, 5, 8).Feed(2, 3, 5, 10).Outputs(3).With("is_causal", causal);
            yield return Standard().Feed(2, 3, 1, 8).Feed(2, 3, 3, 8).Feed(2, 3, 3, 8).Omit().Feed(2, 3, 5, 8).Feed(2, 3, 5, 8).Outputs(3).With("is_causal", causal);
            yield return Standard().Feed(2, 4, 48).Feed(2, 4, 16).Feed(2, 4, 16).Feed(4, 9).Feed(2, 2, 5, 8).Feed(2, 2, 5, 8).Outputs(3).With("q_num_heads", 6).With("kv_num_heads", 2).With("is_causal", causal);
            yield return Standard().Feed(2, 4, 24).Feed(2, 4, 24).Feed(2, 4, 24).Outputs(3).With("q_num_heads", 3).With("kv_num_heads", 3).With("is_causal", causal);
        }
    }

    private static IEnumerable<OperatorCase> Scores()
    {
        foreach (int mode in new[] { 0, 1, 2, 3 })
        {
            foreach (float softcap in new[] { 0f, 2f })
            {
                OperatorCase Named() => Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).With("qk_matmul_output_mode", mode).With("softcap", softcap);
                yield return Named().Feed(4, 6).Outputs(4).OmitOutput(1).OmitOutput(2);
                yield return Named().Feed(Flags([2, 1, 4, 6])).Outputs(4);
            }
        }
    }

    private static IEnumerable<OperatorCase> InHalf()
    {
        foreach (int causal in new[] { 0, 1 })
        {
            yield return (Standard() with { Tolerance = Tolerances.Float16 }).Feed(Half(2, 3, 4, 8)).Feed(Half(2, 3, 4, 8)).Feed(Half(2, 3, 4, 8)).Feed(Flags([4, 4])).With("is_causal", causal);
            yield return (Standard() with { Tolerance = Tolerances.Float16 }).Feed(Half(2, 4, 48)).Feed(Half(2, 4, 16)).Feed(Half(2, 4, 16)).With("q_num_heads", 6).With("kv_num_heads", 2).With("is_causal", causal);
        }
    }

    private static IEnumerable<OperatorCase> Projected()
    {
        foreach (int unidirectional in new[] { 0, 1 })
        {
            yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("unidirectional", unidirectional);
            yield return Microsoft().Feed(2, 5, 12).Constant(OperatorCase.Random([12, 72], 3)).Constant(OperatorCase.Random([72], 4)).With("num_heads", 3).With("unidirectional", unidirectional).With("scale", 0.2f);
            yield return Microsoft().Feed(2, 5, 12).Feed(12, 60).Feed(60).With("num_heads", 3).With("qkv_hidden_sizes", new[] { 24, 24, 12 }).With("unidirectional", unidirectional);
            yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).Omit().Omit().Feed(2, 3, 5, 5).With("num_heads", 3).With("unidirectional", unidirectional);
            yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).Omit().Omit().Feed(1, 3, 5, 5).With("num_heads", 3).With("unidirectional", unidirectional);
            yield return Microsoft().Feed(2, 2, 12).Feed(12, 72).Feed(72).Omit().Omit().Feed(HostTensor.From([float.MinValue, float.MinValue, 0, 0], 1, 1, 2, 2)).With("num_heads", 3).With("unidirectional", unidirectional);
        }

        yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).Outputs(2);
    }

    private static IEnumerable<OperatorCase> ProjectedMasks()
    {
        HostTensor[] masks =
        [
            HostTensor.From([3, 5], 2), HostTensor.From([5, 4, 1, 2], 4), HostTensor.From([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], 2, 5), HostTensor.From([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], 2, 5),
            HostTensor.From([.. Enumerable.Range(0, 50).Select(index => index % 3 == 0 ? 0 : 1)], 2, 5, 5), HostTensor.From([0, 1], 2, 1), HostTensor.From([1], 1, 1),
        ];
        foreach (HostTensor mask in masks)
        {
            foreach (int unidirectional in new[] { 0, 1 })
                yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).Feed(mask).With("num_heads", 3).With("unidirectional", unidirectional);
            yield return Microsoft().Feed(2, 5, 12).Feed(12, 72).Feed(72).Feed(mask).Omit().Feed(2, 3, 5, 5).With("num_heads", 3).With("mask_filter_value", -2f);
        }
    }

    private static IEnumerable<OperatorCase> ProjectedPast()
    {
        foreach (int unidirectional in new[] { 0, 1 })
        {
            yield return Microsoft().Feed(2, 3, 12).Feed(12, 72).Feed(72).Omit().Feed(2, 2, 3, 4, 8).With("num_heads", 3).With("unidirectional", unidirectional).Outputs(2);
            yield return Microsoft().Feed(2, 1, 12).Feed(12, 72).Feed(72).Omit().Feed(2, 2, 3, 4, 8).With("num_heads", 3).With("unidirectional", unidirectional).Outputs(2);
            yield return Microsoft().Feed(2, 1, 12).Feed(12, 72).Feed(72).Feed(HostTensor.From([1, 1, 1, 0, 1, 0, 1, 1, 1, 1], 2, 5)).Feed(2, 2, 3, 4, 8).With("num_heads", 3).With("unidirectional", unidirectional).Outputs(2);
        }
    }

    private static HostTensor Flags(long[] shape)
    {
        var random = new Random(7);
        return HostTensor.From([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (count, size) => count * size)).Select(_ => random.Next(3) > 0)], shape);
    }

    private static HostTensor Half(params long[] shape) => OperatorCase.Halves(OperatorCase.Random(shape, seed: 20 + shape.Length));

    private static OperatorCase Standard() => new("Attention", 23) { Tolerance = Sums };

    private static OperatorCase Microsoft() => new("Attention") { Domain = "com.microsoft", Tolerance = Sums };
}
