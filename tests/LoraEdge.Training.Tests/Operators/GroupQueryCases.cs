namespace LoraEdge.Training.Tests.Operators;

/// <summary>GroupQueryAttention of com.microsoft: prompts, single tokens on a cache, and continued prompts; 4 query and 2 key heads of 16.</summary>
internal static class GroupQueryCases
{
    public static IEnumerable<OperatorCase> All() => [.. Prompts(), .. Tokens(), .. Continued(), .. Options()];

    private static IEnumerable<OperatorCase> Prompts()
    {
        yield return Prompt();
        yield return Prompt().With("scale", 0.4f);
        yield return Prompt(packed: true);
        yield return Node().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Feed(2, 2, 0, 16).Feed(2, 2, 0, 16).Feed(HostTensor.From([4, 4], 2)).Constant(HostTensor.From([5], 1)).Outputs(3);
        yield return Node().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32).Feed(2, 2, 9, 16).Feed(2, 2, 9, 16).Feed(HostTensor.From([4, 4], 2)).Constant(HostTensor.From([5], 1)).Outputs(3);
        foreach (int interleaved in new[] { 0, 1 })
        {
            foreach (bool packed in new[] { false, true })
                yield return Rotated(Prompt(packed), 8, 8, interleaved);
        }
    }

    /// <summary>One token a sequence, where the sequences' caches are equally long and where they are not.</summary>
    private static IEnumerable<OperatorCase> Tokens()
    {
        foreach (int[] last in new int[][] { [5, 5], [3, 5] })
        {
            yield return Token(last);
            yield return Token(last, capacity: 9);
            yield return Rotated(Token(last), 8, 8, interleaved: 0);
            yield return Rotated(Token(last, packed: true), 8, 8, interleaved: 1);
            yield return Token(last).With("local_window_size", 3);
            yield return Token(last).Omit().Omit().Omit().Feed(2, 4, 1, 6);
        }
    }

    private static IEnumerable<OperatorCase> Continued()
    {
        OperatorCase More() => Node().Feed(1, 3, 64).Feed(1, 3, 32).Feed(1, 3, 32).Feed(1, 2, 5, 16).Feed(1, 2, 5, 16).Feed(HostTensor.From([7], 1)).Constant(HostTensor.From([8], 1)).Outputs(3);
        yield return More();
        yield return Rotated(More(), 10, 8, interleaved: 0);
        yield return More().With("local_window_size", 4);
    }

    private static IEnumerable<OperatorCase> Options()
    {
        foreach (int window in new[] { 1, 2, 4, 5, 100 })
            yield return Prompt().With("local_window_size", window);
        yield return Prompt().With("softcap", 1.5f);
        yield return Prompt().With("softcap", 1.5f).With("local_window_size", 2);
        yield return Prompt().With("smooth_softmax", 1);
        yield return Prompt().Omit().Omit().Omit().Omit().Feed(4);
        yield return Prompt().Omit().Omit().Omit().Omit().Feed(4).With("local_window_size", 2).With("softcap", 3f);
        yield return Prompt().Omit().Omit().Omit().Feed(2, 4, 5, 5);
        yield return Prompt().Omit().Omit().Omit().Feed(1, 1, 5, 5).With("local_window_size", 2);
        foreach (float hide in new[] { float.MinValue, float.NegativeInfinity, -1e4f })
            yield return Node().Feed(1, 2, 64).Feed(1, 2, 32).Feed(1, 2, 32).Omit().Omit().Feed(HostTensor.From([1], 1)).Constant(HostTensor.From([2], 1)).Omit().Omit().Omit().Feed(HostTensor.From([hide, hide, hide, 0], 1, 1, 2, 2)).Outputs(3);
        yield return Prompt().Feed(8, 8).Feed(8, 8).Feed(HostTensor.From([0L, 1L, 2L, 3L, 4L, 0L, 1L, 2L, 3L, 4L], 2, 5)).With("do_rotary", 1);
        yield return Token([5, 5]).Feed(8, 8).Feed(8, 8).Feed(HostTensor.From([5L, 4L], 2, 1)).With("do_rotary", 1);
        yield return (Node() with { Tolerance = Tolerances.Float16 }).Feed(Half(2, 5, 64)).Feed(Half(2, 5, 32)).Feed(Half(2, 5, 32)).Omit().Omit().Feed(HostTensor.From([4, 4], 2)).Constant(HostTensor.From([5], 1)).Outputs(3);
    }

    private static OperatorCase Prompt(bool packed = false)
    {
        OperatorCase node = packed ? Node().Feed(2, 5, 128).Omit().Omit() : Node().Feed(2, 5, 64).Feed(2, 5, 32).Feed(2, 5, 32);
        return node.Omit().Omit().Feed(HostTensor.From([4, 4], 2)).Constant(HostTensor.From([5], 1)).Outputs(3);
    }

    private static OperatorCase Token(int[] last, bool packed = false, int capacity = 5)
    {
        OperatorCase node = packed ? Node().Feed(2, 1, 128).Omit().Omit() : Node().Feed(2, 1, 64).Feed(2, 1, 32).Feed(2, 1, 32);
        return node.Feed(2, 2, capacity, 16).Feed(2, 2, capacity, 16).Feed(HostTensor.From(last, 2)).Constant(HostTensor.From([6], 1)).Outputs(3);
    }

    private static OperatorCase Rotated(OperatorCase node, long rows, long pairs, int interleaved) =>
        node.Feed(rows, pairs).Feed(rows, pairs).With("do_rotary", 1).With("rotary_interleaved", interleaved);

    private static HostTensor Half(params long[] shape) => OperatorCase.Halves(OperatorCase.Random(shape, seed: 20 + shape.Length));

    private static OperatorCase Node() =>
        new OperatorCase("GroupQueryAttention") { Domain = "com.microsoft", Tolerance = 1e-5 }.With("num_heads", 4).With("kv_num_heads", 2);
}
