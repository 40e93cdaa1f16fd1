namespace LoraEdge.Training.Tests.Operators;

/// <summary>MultiHeadAttention of com.microsoft. ONNX Runtime has the packed forms on graphics cards only.</summary>
internal static class MultiHeadCases
{
    public static IEnumerable<OperatorCase> All() => [.. Apart(), .. Masked(), .. WithPast(), .. Packed()];

    private static IEnumerable<OperatorCase> Apart()
    {
        foreach (int unidirectional in new[] { 0, 1 })
        {
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24);
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 12).With("scale", 0.2f);
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Feed(72);
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 12).Feed(60);
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Omit().Omit().Feed(2, 3, 5, 5);
            yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Omit().Omit().Feed(1, 1, 5, 5);
            yield return Node(unidirectional).Feed(2, 2, 24).Feed(2, 2, 24).Feed(2, 2, 24).Omit().Omit().Feed(HostTensor.From([float.MinValue, float.MinValue, 0, 0], 1, 1, 2, 2));
        }

        yield return Node().Feed(2, 5, 24).Feed(2, 7, 24).Feed(2, 7, 24);
        yield return Node().Feed(2, 5, 24).Feed(2, 7, 24).Feed(2, 7, 12).Feed(60).Omit().Feed(1, 3, 5, 7);
        yield return Node().Feed(2, 5, 24).Feed(2, 3, 7, 8).Feed(2, 3, 7, 8);
        yield return Node().Feed(2, 5, 24).Feed(2, 3, 7, 8).Feed(2, 3, 7, 8).Feed(72);
    }

    private static IEnumerable<OperatorCase> Masked()
    {
        HostTensor[] masks =
        [
            HostTensor.From([3, 5], 2), HostTensor.From([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], 2, 5), HostTensor.From([.. Enumerable.Range(0, 50).Select(index => index % 3 == 0 ? 0 : 1)], 2, 5, 5),
        ];
        foreach (HostTensor mask in masks)
        {
            foreach (int unidirectional in new[] { 0, 1 })
                yield return Node(unidirectional).Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Omit().Feed(mask);
            yield return Node().Feed(2, 5, 24).Feed(2, 5, 24).Feed(2, 5, 24).Feed(72).Feed(mask).Feed(1, 3, 5, 5).With("mask_filter_value", -3f);
        }
    }

    private static IEnumerable<OperatorCase> WithPast()
    {
        foreach (int unidirectional in new[] { 0, 1 })
        {
            yield return Node(unidirectional).Feed(2, 3, 24).Feed(2, 3, 24).Feed(2, 3, 24).Omit().Omit().Omit().Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Outputs(3);
            yield return Node(unidirectional).Feed(2, 1, 24).Feed(2, 1, 24).Feed(2, 1, 24).Feed(72).Omit().Feed(1, 3, 1, 5).Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Outputs(3);
            yield return Node(unidirectional).Feed(2, 3, 24).Feed(2, 3, 24).Feed(2, 3, 24).Outputs(3);
        }

        yield return Node().Feed(2, 1, 24).Feed(2, 1, 24).Feed(2, 1, 24).Omit().Feed(HostTensor.From([1, 1, 1, 0, 1, 0, 1, 1, 1, 1], 2, 5)).Omit().Feed(2, 3, 4, 8).Feed(2, 3, 4, 8).Outputs(3);
    }

    private static IEnumerable<OperatorCase> Packed()
    {
        HostTensor query = OperatorCase.Random([2, 5, 24], 1), bias = OperatorCase.Random([72], 2);
        HostTensor all = OperatorCase.Random([2, 5, 3, 3, 8], 3), pairs = OperatorCase.Random([2, 7, 3, 2, 8], 4);
        foreach (int unidirectional in new[] { 0, 1 })
        {
            OperatorCase apart = Node(unidirectional).Feed(Part(all, 0)).Feed(Part(all, 1)).Feed(Part(all, 2));
            yield return (Node(unidirectional) with { Equivalent = apart }).Feed(all);
            OperatorCase biased = Node(unidirectional).Feed(Part(all, 0)).Feed(Part(all, 1)).Feed(Part(all, 2)).Feed(bias);
            yield return (Node(unidirectional) with { Equivalent = biased }).Feed(all).Omit().Omit().Feed(bias);
        }

        OperatorCase cross = Node().Feed(query).Feed(Part(pairs, 0)).Feed(Part(pairs, 1));
        yield return (Node() with { Equivalent = cross }).Feed(query).Feed(pairs);
    }

    /// <summary>One part of (batch, length, heads, parts, size), as (batch, length, heads * size).</summary>
    private static HostTensor Part(HostTensor packed, int part)
    {
        long[] shape = packed.Shape;
        int parts = (int)shape[3], size = (int)shape[4];
        float[] values = packed.AsSpan<float>().ToArray();
        IEnumerable<float> taken = values.Where((_, index) => index / size % parts == part);
        return HostTensor.From([.. taken], shape[0], shape[1], shape[2] * size);
    }

    private static OperatorCase Node(int unidirectional = 0) =>
        new OperatorCase("MultiHeadAttention") { Domain = "com.microsoft", Tolerance = 1e-5 }.With("num_heads", 3).With("unidirectional", unidirectional);
}
