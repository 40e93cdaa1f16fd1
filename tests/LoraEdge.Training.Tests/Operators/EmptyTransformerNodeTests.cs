namespace LoraEdge.Training.Tests.Operators;

/// <summary>No sequences, no queries or no keys: nothing to compute, and nothing that libtorch may end the process on.</summary>
public sealed class EmptyTransformerNodeTests
{
    private const string Microsoft = "com.microsoft";
    private static readonly HostTensor s_none = HostTensor.From(Array.Empty<int>(), 0), s_zero = HostTensor.From([0], 1);

    internal static IEnumerable<TestCaseData> Empty =>
    [
        Case(new OperatorCase("Attention", 23).Feed(0, 3, 4, 8).Feed(0, 3, 4, 8).Feed(0, 3, 4, 8).Feed(4, 4).With("is_causal", 1), 0, 3, 4, 8),
        Case(new OperatorCase("Attention", 23).Feed(2, 3, 0, 8).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).With("is_causal", 1), 2, 3, 0, 8),
        Case(new OperatorCase("Attention", 23).Feed(2, 3, 4, 8).Feed(2, 3, 0, 8).Feed(2, 3, 0, 8), 2, 3, 4, 8),
        Case(new OperatorCase("Attention", 23).Feed(2, 3, 4, 8).Feed(2, 3, 0, 8).Feed(2, 3, 0, 8).Feed(4, 0).With("softcap", 1f), 2, 3, 4, 8),
        Case(new OperatorCase("RotaryEmbedding", 23).Feed(2, 3, 0, 8).Feed(0, 4).Feed(0, 4).Feed(HostTensor.From(Array.Empty<long>(), 2, 0)), 2, 3, 0, 8),
        Case(new OperatorCase("RMSNormalization", 23).Feed(0, 8).Feed(8), 0, 8),
        Case(Node("Attention").Feed(0, 4, 12).Feed(12, 72).Feed(72).Feed(s_none).With("num_heads", 3), 0, 4, 24),
        Case(Node("Attention").Feed(2, 0, 12).Feed(12, 72).Feed(72).With("num_heads", 3).With("unidirectional", 1), 2, 0, 24),
        Case(Node("MultiHeadAttention").Feed(2, 0, 24).Feed(2, 0, 24).Feed(2, 0, 24).With("num_heads", 3), 2, 0, 24),
        Case(Node("GroupQueryAttention").Feed(0, 4, 64).Feed(0, 4, 32).Feed(0, 4, 32).Omit().Omit().Feed(s_none).Constant(HostTensor.From([4], 1)).With("num_heads", 4).With("kv_num_heads", 2), 0, 4, 64),
        Case(Node("GroupQueryAttention").Feed(0, 4, 64).Feed(0, 4, 32).Feed(0, 4, 32).Feed(0, 2, 4, 16).Feed(0, 2, 4, 16).Feed(s_none).Constant(HostTensor.From([8], 1)).With("num_heads", 4).With("kv_num_heads", 2).With("local_window_size", 2), 0, 4, 64),
        Case(Node("GroupQueryAttention").Feed(1, 0, 64).Feed(1, 0, 32).Feed(1, 0, 32).Omit().Omit().Feed(s_zero).Constant(s_zero).With("num_heads", 4).With("kv_num_heads", 2), 1, 0, 64),
        Case(Node("SkipLayerNormalization").Feed(0, 3, 8).Feed(0, 3, 8).Feed(8), 0, 3, 8),
        Case(Node("EmbedLayerNormalization").Feed(HostTensor.From(Array.Empty<int>(), 0, 3)).Omit().Feed(5, 8).Feed(4, 8).Omit().Feed(8).Feed(8), 0, 3, 8),
        Case(Node("FusedMatMul").Feed(0, 4).Feed(4, 5), 0, 5),
        Case(Node("FusedMatMul").Feed(2, 3, 0).Feed(2, 0, 5), 2, 3, 5),
    ];

    [TestCaseSource(nameof(Empty))]
    public void Executor_RunsANodeOnNothing(object node, long[] shape) =>
        Assert.That(((OperatorCase)node).Execute()[0].Shape, Is.EqualTo(shape));

    private static TestCaseData Case(OperatorCase node, params long[] shape) => new(node, shape);

    private static OperatorCase Node(string name) => new(name) { Domain = Microsoft };
}
