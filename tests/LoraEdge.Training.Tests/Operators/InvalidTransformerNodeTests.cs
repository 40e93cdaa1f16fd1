namespace LoraEdge.Training.Tests.Operators;

/// <summary>Nodes of transformers that break their operator's rules, ask for what is not supported, or get inputs out of range.</summary>
public sealed class InvalidTransformerNodeTests
{
    private const string Microsoft = "com.microsoft";
    private static readonly HostTensor s_two = HostTensor.From([4, 4], 2), s_five = HostTensor.From([5], 1), s_positions = HostTensor.From([0L, 1L, 2L, 0L, 1L, 2L], 2, 3);

    internal static OperatorCase[] Invalid { get; } =
    [
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 7).Feed(2, 3, 6, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 5, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 2, 6, 8).Feed(2, 2, 6, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 1, 6, 8),
        Standard().Feed(2, 3, 4, 8).Feed(1, 3, 6, 8).Feed(1, 3, 6, 8),
        Standard().Feed(2, 3, 4, 0).Feed(2, 3, 6, 0).Feed(2, 3, 6, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 0, 6, 8).Feed(2, 0, 6, 8),
        Standard().Feed(2, 4, 24).Feed(2, 4, 24).Feed(2, 4, 24),
        Standard().Feed(2, 4, 24).Feed(2, 4, 24).Feed(2, 4, 24).With("q_num_heads", 5).With("kv_num_heads", 3),
        Standard().Feed(2, 4, 24).Feed(2, 4, 24).Feed(2, 4, 24).With("q_num_heads", -3).With("kv_num_heads", -3),
        Standard().Feed(2, 4, 24).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).With("q_num_heads", 3).With("kv_num_heads", 3),
        Standard().Feed(4, 8).Feed(4, 8).Feed(4, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 4, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(4, 5),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(1, 1, 1, 4, 6),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Feed(HostTensor.From(new long[24], 4, 6)),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Omit().Feed(2, 3, 5, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Omit().Feed(2, 3, 5, 8).Feed(2, 3, 4, 8),
        Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Omit().Feed(2, 3, 5, 7).Feed(2, 3, 5, 8),
        Standard().Feed(1, 1, 30_000, 1).Feed(1, 1, 30_001, 1).Feed(1, 1, 30_001, 1).With("is_causal", 1),
        Standard().Feed(1, 30, 6000, 1).Feed(1, 30, 6000, 1).Feed(1, 30, 6000, 2),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 5),
        Node("Attention").Feed(2, 5, 12).Feed(11, 72).Feed(72).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(71).With("num_heads", 3),
        Node("Attention").Feed(5, 12).Feed(12, 72).Feed(72).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("qkv_hidden_sizes", new[] { 24, 12, 36 }),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("qkv_hidden_sizes", new[] { 24, 24, 48 }),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("qkv_hidden_sizes", new[] { -24, -24, 120 }),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).Feed(HostTensor.From(new int[12], 2, 6)).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).Feed(HostTensor.From(new int[8], 8)).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).Feed(2, 5).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).Omit().Feed(2, 2, 3, 4, 7).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).Omit().Omit().Feed(2, 3, 5, 6).With("num_heads", 3),
        Node("Attention").Feed(2, 5, 12).Feed(12, 60).Feed(60).With("num_heads", 3).With("qkv_hidden_sizes", new[] { 24, 24, 12 }).Outputs(2),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 4, 24).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 12).Feed(2, 5, 24).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 24).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Feed(70).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 3, 2, 8).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 3, 3, 8).Feed(2, 5, 24).Feed(2, 5, 24).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 3, 3, 8).With("num_heads", 3),
        Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Omit().Feed(HostTensor.From(new int[12], 2, 6)).With("num_heads", 3),
        Query().Feed(2, 5, 64).Feed(2, 4, 32).Feed(2, 4, 32).Omit().Omit().Feed(s_two).Constant(s_five),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Omit().Omit().Omit().Feed(s_two).Constant(s_five),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Feed(2, 2, 3, 16).Omit().Feed(s_two).Constant(s_five),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(HostTensor.From([4], 1)).Constant(s_five),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_two),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("do_rotary", 1),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).Feed(4, 8).Feed(4, 8).With("do_rotary", 1),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).Feed(5, 9).Feed(5, 9).With("do_rotary", 1),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).Omit().Omit().Omit().Feed(2, 4, 5, 4),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).Omit().Omit().Omit().Omit().Feed(3),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(HostTensor.From([int.MaxValue], 1)),
        Node("GroupQueryAttention").Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("num_heads", 3).With("kv_num_heads", 2),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 8).Feed(6, 3).Feed(6, 3).Feed(s_positions),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 8).Feed(6, 4).Feed(5, 4).Feed(s_positions),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 8).Feed(6, 4).Feed(6, 4),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 3, 32).Feed(6, 4).Feed(6, 4).Feed(s_positions),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 7).Feed(6, 3).Feed(6, 3).Feed(s_positions),
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 8).Feed(6, 5).Feed(6, 5).Feed(s_positions).With("rotary_embedding_dim", 10),
        Node("RotaryEmbedding").Feed(2, 3, 32).Feed(HostTensor.From([0L, 1L], 2)).Feed(6, 4).Feed(6, 4),
        Node("RotaryEmbedding").Feed(2, 3, 30).Feed(s_positions).Feed(6, 4).Feed(6, 4),
        Node("RotaryEmbedding").Feed(2, 3, 32).Feed(s_positions).Feed(6, 0).Feed(6, 0),
        new OperatorCase("RMSNormalization", 23).Feed(2, 3).Feed(2),
        new OperatorCase("RMSNormalization", 23).Feed(2, 3).Feed(3).With("axis", 2),
        new OperatorCase("SimplifiedLayerNormalization").Feed(HostTensor.From([1L], 1)).Feed(HostTensor.From([1L], 1)),
        Node("SkipLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 7).Feed(8),
        Node("SkipLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8).Feed(7),
        Node("SkipLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8),
        Node("SkipLayerNormalization").Feed(8).Feed(8).Feed(8),
        Node("SkipSimplifiedLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8).Feed(8).Feed(4),
        Node("EmbedLayerNormalization").Feed(s_two).Omit().Feed(5, 8).Feed(4, 8).Omit().Feed(8).Feed(8),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 1], 1, 2)).Omit().Feed(5, 8).Feed(1, 8).Omit().Feed(8).Feed(8),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 1], 1, 2)).Omit().Feed(5, 8).Feed(2, 7).Omit().Feed(8).Feed(8),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 1], 1, 2)).Omit().Feed(5, 8).Feed(2, 8).Omit().Feed(8),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 1], 1, 2)).Omit().Feed(5, 8).Feed(2, 8).Omit().Feed(8).Feed(8).Omit().Feed(HostTensor.From([1], 1)),
        Node("BiasGelu").Feed(2, 3),
        Node("BiasGelu").Feed(2, 3).Feed(2),
        Node("FastGelu").Feed().Feed(1),
        Node("FusedMatMul").Feed(2, 3).Feed(2, 3),
        Node("FusedMatMul").Feed(2, 3, 4).Feed(3, 4, 5),
        Node("FusedMatMul").Feed().Feed(1),
        Node("FusedGemm").Feed(2, 3).Feed(4, 5),
    ];

    internal static TestCaseData[] Refused { get; } =
    [
        Refusal(Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).Omit().Omit().Omit().Feed(HostTensor.From([1L, 2L], 2)), "nonpad_kv_seqlen"),
        Refusal(Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).With("softmax_precision", 7), "softmax_precision"),
        Refusal(Standard().Feed(2, 3, 4, 8).Feed(2, 3, 6, 8).Feed(2, 3, 6, 8).With("qk_matmul_output_mode", 4), "qk_matmul_output_mode"),
        Refusal(Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("do_rotary", 1), "do_rotary"),
        Refusal(Node("Attention").Feed(2, 5, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("past_present_share_buffer", 1), "share"),
        Refusal(Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).With("num_heads", 3).Outputs(4), "qk"),
        Refusal(Node("MultiHeadAttention").Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Omit().Omit().Omit().Omit().Omit().Feed(s_five).With("num_heads", 3), "past_sequence_length"),
        Refusal(Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("causal", 0), "causal"),
        Refusal(Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("qk_output", 1).Outputs(4), "scores"),
        Refusal(Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("k_quant_type", "PER_TENSOR"), "quantized"),
        Refusal(Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).With("sliding_window_cache", 1), "sliding"),
        Refusal(Node("RotaryEmbedding").Feed(2, 3, 32).Feed(s_positions).Feed(6, 4).Feed(6, 4).With("is_packed_batching", 1), "is_packed_batching"),
        Refusal(Node("RotaryEmbedding").Feed(2, 3, 32).Feed(s_positions).Feed(6, 4).Feed(6, 4).With("scale", 2f), "scale"),
        Refusal(new OperatorCase("SimplifiedLayerNormalization").Feed(2, 3).Feed(3).Outputs(2), "inverse"),
        Refusal(new OperatorCase("RMSNormalization", 23).Feed(2, 3).Feed(3).With("stash_type", 10), "stash_type"),
        Refusal(Node("SkipLayerNormalization").Feed(2, 3, 8).Feed(2, 3, 8).Feed(8).Outputs(2), "mean"),
        Refusal(Node("FusedGemm").Feed(2, 3).Feed(3, 5).With("activation", "Softplus"), "Softplus"),
    ];

    internal static OperatorCase[] OutOfRange { get; } =
    [
        new OperatorCase("RotaryEmbedding", 23).Feed(2, 4, 3, 8).Feed(2, 4).Feed(2, 4).Feed(s_positions),
        new OperatorCase("RotaryEmbedding", 23).Feed(1, 4, 1, 8).Feed(2, 4).Feed(2, 4).Feed(HostTensor.From([-1L], 1, 1)),
        Node("RotaryEmbedding").Feed(1, 3, 32).Feed(HostTensor.From([4L], 1)).Feed(6, 4).Feed(6, 4),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 5], 1, 2)).Omit().Feed(5, 8).Feed(2, 8).Omit().Feed(8).Feed(8),
        Node("EmbedLayerNormalization").Feed(HostTensor.From([1, 1], 1, 2)).Omit().Feed(5, 8).Feed(2, 8).Omit().Feed(8).Feed(8).Omit().Feed(HostTensor.From([0, -1], 1, 2)),
        Query().Feed(2, 1, 64).Feed(2, 1, 32).Feed(2, 1, 32).Feed(2, 2, 5, 16).Feed(2, 2, 5, 16).Feed(HostTensor.From([6, 5], 2)).Constant(HostTensor.From([7], 1)),
        Query().Feed(2, 1, 64).Feed(2, 1, 32).Feed(2, 1, 32).Feed(2, 2, 5, 16).Feed(2, 2, 5, 16).Feed(HostTensor.From([-1, 5], 2)).Constant(HostTensor.From([6], 1)),
        Query().Feed(2, 1, 64).Feed(2, 1, 32).Feed(2, 1, 32).Omit().Omit().Feed(HostTensor.From([1, 1], 2)).Constant(HostTensor.From([2], 1)),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Feed(HostTensor.From([4], 1)),
        Query().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Omit().Omit().Feed(s_two).Constant(s_five).Feed(8, 8).Feed(8, 8).Feed(HostTensor.From([0L, 1L, 2L, 3L, 8L, 0L, 1L, 2L, 3L, 4L], 2, 5)).With("do_rotary", 1),
    ];

    [TestCaseSource(nameof(Invalid))]
    public void Executor_RefusesANodeThatBreaksItsRules_ByName(object node) =>
        Assert.That(Assert.Throws<ModelFormatException>(() => ((OperatorCase)node).Execute())!.Message, Does.Contain("'node'"));

    [TestCaseSource(nameof(Refused))]
    public void Executor_RefusesWhatIsNotSupported_WithTheReason(object node, string reason) =>
        Assert.That(Assert.Throws<UnsupportedModelException>(() => ((OperatorCase)node).Execute())!.Message, Does.Contain(reason));

    [TestCaseSource(nameof(OutOfRange))]
    public void Executor_RefusesInputsOutOfRange_ByTheNodesName(object node) =>
        Assert.That(Assert.Throws<InvalidInputException>(() => ((OperatorCase)node).Execute())!.Message, Does.Contain("'node'"));

    private static TestCaseData Refusal(OperatorCase node, string reason) => new(node, reason);

    private static OperatorCase Standard() => new("Attention", 23);

    private static OperatorCase Query() => Node("GroupQueryAttention").With("num_heads", 4).With("kv_num_heads", 2);

    private static OperatorCase Node(string name) => new(name) { Domain = Microsoft };
}
