namespace LoraEdge.Training.Tests.Operators;

/// <summary>What transformers are made of besides attention: root mean square norms, norms of sums, Gelu, fused products, rotary embedding.</summary>
internal static class TransformerCases
{
    private const string Microsoft = "com.microsoft";
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() =>
        [.. RootMeanSquares(), .. NormsOfSums(), .. Embeddings(), .. Activations(), .. Products(), .. Rotations(), .. MicrosoftRotations()];

    private static IEnumerable<OperatorCase> RootMeanSquares()
    {
        foreach ((string name, int opset) in new[] { ("RMSNormalization", 23), ("SimplifiedLayerNormalization", 11), ("SimplifiedLayerNormalization", 17) })
        {
            foreach (int axis in new[] { -1, 2, 1, 0 })
                yield return new OperatorCase(name, opset) { Tolerance = Sums }.Feed(2, 3, 4).Feed([.. new long[] { 2, 3, 4 }.Skip(axis < 0 ? 2 : axis)]).With("axis", axis);
            yield return new OperatorCase(name, opset) { Tolerance = Sums }.Feed(5, 8).Feed(8).With("epsilon", 0.25f);
            yield return new OperatorCase(name, opset) { Tolerance = Tolerances.Float16 }.Feed(Half(5, 8)).Feed(Half(8));
        }

        yield return new OperatorCase("RMSNormalization", 23) { Tolerance = Sums }.Feed(2, 3, 4).Feed(1).With("axis", 1);
        foreach (int opset in new[] { 11, 16 })
        {
            yield return new OperatorCase("LayerNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 4).Feed(4).Feed(4);
            yield return new OperatorCase("LayerNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 4).Feed(3, 4).With("axis", 1).With("epsilon", 1e-3f);
        }
    }

    private static IEnumerable<OperatorCase> NormsOfSums()
    {
        foreach (long[] skip in new long[][] { [2, 3, 8], [1, 3, 8], [3, 8] })
        {
            yield return Fused("SkipLayerNormalization").Feed(2, 3, 8).Feed(skip).Feed(8).Feed(8).Feed(8);
            yield return Fused("SkipLayerNormalization").Feed(2, 3, 8).Feed(skip).Feed(8).With("epsilon", 0.1f);
            yield return Fused("SkipLayerNormalization").Feed(2, 3, 8).Feed(skip).Feed(8).Feed(8).Outputs(4).OmitOutput(1).OmitOutput(2);
            yield return Fused("SkipSimplifiedLayerNormalization").Feed(2, 3, 8).Feed(skip).Feed(8).Outputs(4).OmitOutput(1).OmitOutput(2);
        }

        yield return Fused("SkipLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8).Feed(8).Omit().Feed(8).Outputs(4).OmitOutput(1).OmitOutput(2);
        yield return Fused("SkipLayerNormalization").Feed(3, 8).Feed(3, 8).Feed(8).Feed(8);
        yield return Fused("SkipSimplifiedLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8).Feed(8).Feed(8).With("epsilon", 1e-5f);
        yield return Fused("SkipSimplifiedLayerNormalization").Feed(3, 8).Feed(3, 8).Feed(8);
        yield return Fused("SkipLayerNormalization", Tolerances.Float16).Feed(Half(2, 3, 8)).Feed(Half(2, 3, 8)).Feed(Half(8)).Feed(Half(8));
    }

    private static IEnumerable<OperatorCase> Embeddings()
    {
        HostTensor words = HostTensor.From([1, 4, 0, 2, 2, 3], 2, 3), segments = HostTensor.From([0, 0, 1, 1, 0, 1], 2, 3);
        HostTensor mask = HostTensor.From([1, 1, 0, 1, 1, 1], 2, 3), positions = HostTensor.From([2, 1, 0, 3, 0, 1], 2, 3);
        yield return Fused("EmbedLayerNormalization").Feed(words).Feed(segments).Feed(5, 8).Feed(4, 8).Feed(2, 8).Feed(8).Feed(8).Feed(mask).Outputs(2);
        yield return Fused("EmbedLayerNormalization").Feed(words).Omit().Feed(5, 8).Feed(4, 8).Omit().Feed(8).Feed(8).With("epsilon", 0.1f).Outputs(2);
        yield return Fused("EmbedLayerNormalization").Feed(words).Omit().Feed(5, 8).Feed(4, 8).Omit().Feed(8).Feed(8).Feed(mask).Feed(positions).Outputs(3);
        yield return Fused("EmbedLayerNormalization").Feed(words).Feed(segments).Feed(5, 8).Feed(4, 8).Feed(2, 8).Feed(8).Feed(8).Omit().Feed(HostTensor.From([3, 1, 2], 1, 3)).Outputs(2);
    }

    private static IEnumerable<OperatorCase> Activations()
    {
        yield return Fused("Gelu").Feed(3, 5);
        yield return Fused("FastGelu").Feed(3, 5);
        yield return Fused("FastGelu").Feed(2, 3, 5).Feed(5);
        yield return Fused("BiasGelu").Feed(2, 3, 5).Feed(5);
        yield return Fused("QuickGelu").Feed(3, 5);
        yield return Fused("QuickGelu").Feed(3, 5).With("alpha", 1f);
        yield return Fused("QuickGelu").Feed(3, 5).With("alpha", -0.5f);
    }

    private static IEnumerable<OperatorCase> Products()
    {
        yield return Fused("FusedMatMul").Feed(3, 4).Feed(4, 5);
        yield return Fused("FusedMatMul").Feed(3, 4).Feed(5, 4).With("transB", 1).With("alpha", 0.125f);
        yield return Fused("FusedMatMul").Feed(4, 3).Feed(4, 5).With("transA", 1).With("alpha", -2f);
        yield return Fused("FusedMatMul").Feed(4, 3).Feed(5, 4).With("transA", 1).With("transB", 1);
        yield return Fused("FusedMatMul").Feed(2, 3, 4).Feed(5, 4).With("transB", 1);
        yield return Fused("FusedMatMul").Feed(2, 6, 3, 4).Feed(2, 6, 5, 4).With("transB", 1).With("alpha", 0.5f);
        yield return Fused("FusedMatMul").Feed(2, 1, 4, 3).Feed(6, 4, 5).With("transA", 1);
        yield return Fused("FusedMatMul").Feed(4).Feed(4, 5).With("transA", 1);
        yield return Fused("FusedMatMul").Feed(3, 4).Feed(4).With("alpha", 3f);
        yield return Fused("FusedMatMul").Feed(3, 2, 6, 4).Feed(2, 6, 4, 5).With("transBatchA", 1);
        yield return Fused("FusedMatMul").Feed(2, 6, 3, 4).Feed(4, 2, 6, 5).With("transBatchB", 1);
        yield return Fused("FusedMatMul").Feed(3, 2, 6, 4).Feed(5, 2, 6, 4).With("transBatchA", 1).With("transBatchB", 1).With("transB", 1).With("alpha", 0.5f);
        yield return Fused("FusedMatMul").Feed(4, 2, 3).Feed(2, 4, 5).With("transBatchA", 1).With("transA", 1);
        foreach (string activation in new[] { "Relu", "Sigmoid", "Tanh", "LeakyRelu" })
        {
            yield return Fused("FusedGemm").Feed(3, 4).Feed(4, 5).Feed(5).With("activation", activation).With("activation_alpha", 0.2f).With("alpha", 0.5f).With("beta", 2f);
            yield return Fused("FusedGemm").Feed(3, 4).Feed(5, 4).With("transB", 1).With("activation", activation).With("activation_alpha", 0.3f);
        }
    }

    private static IEnumerable<OperatorCase> Rotations()
    {
        HostTensor positions = HostTensor.From([0L, 1L, 5L, 2L, 2L, 0L], 2, 3);
        foreach (int interleaved in new[] { 0, 1 })
        {
            OperatorCase Standard() => new OperatorCase("RotaryEmbedding", 23) { Tolerance = Sums }.With("interleaved", interleaved);
            yield return Standard().Feed(2, 4, 3, 8).Feed(6, 4).Feed(6, 4).Feed(positions);
            yield return Standard().Feed(2, 4, 3, 8).Feed(2, 3, 4).Feed(2, 3, 4);
            yield return Standard().Feed(2, 3, 32).Feed(6, 4).Feed(6, 4).Feed(positions).With("num_heads", 4);
            yield return Standard().Feed(2, 3, 32).Feed(2, 3, 4).Feed(2, 3, 4).With("num_heads", 4);
            yield return Standard().Feed(2, 4, 3, 8).Feed(6, 2).Feed(6, 2).Feed(positions).With("rotary_embedding_dim", 4).With("num_heads", 4);
            yield return Standard().Feed(2, 3, 32).Feed(6, 3).Feed(6, 3).Feed(positions).With("rotary_embedding_dim", 6).With("num_heads", 4);
            yield return Standard().Feed(Half(2, 4, 3, 8)).Feed(Half(6, 4)).Feed(Half(6, 4)).Feed(positions) with { Tolerance = Tolerances.Float16 };
        }
    }

    private static IEnumerable<OperatorCase> MicrosoftRotations()
    {
        HostTensor positions = HostTensor.From([0L, 1L, 5L, 2L, 2L, 0L], 2, 3), offset = HostTensor.From([2L], 1);
        foreach (int interleaved in new[] { 0, 1 })
        {
            foreach (HostTensor where in new[] { positions, offset })
            {
                yield return Fused("RotaryEmbedding").Feed(2, 3, 32).Feed(where).Feed(6, 4).Feed(6, 4).With("interleaved", interleaved);
                yield return Fused("RotaryEmbedding").Feed(2, 4, 3, 8).Feed(where).Feed(6, 4).Feed(6, 4).With("interleaved", interleaved);
                yield return Fused("RotaryEmbedding").Feed(2, 3, 32).Feed(where).Feed(6, 2).Feed(6, 2).With("interleaved", interleaved).With("num_heads", 4).With("rotary_embedding_dim", 4);
                yield return Fused("RotaryEmbedding").Feed(2, 3, 32).Feed(where).Feed(6, 4).Feed(6, 4).With("interleaved", interleaved).With("num_heads", 4);
            }
        }

        yield return Fused("RotaryEmbedding").Feed(2, 3, 32).Constant(positions).Constant(OperatorCase.Random([6, 4], 5)).Constant(OperatorCase.Random([6, 4], 6)).With("scale", 1f);
    }

    private static OperatorCase Fused(string name, double tolerance = Sums) => new(name) { Domain = Microsoft, Tolerance = tolerance };

    private static HostTensor Half(params long[] shape) => OperatorCase.Halves(OperatorCase.Random(shape, seed: 20 + shape.Length));
}
