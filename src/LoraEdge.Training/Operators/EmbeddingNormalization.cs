using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>EmbedLayerNormalization of com.microsoft: the first layer of BERT, from tokens to the normalised sum of three embeddings.</summary>
internal static class EmbeddingNormalization
{
    private const int Words = 0, Segments = 1, WordTable = 2, PositionTable = 3, SegmentTable = 4, Scale = 5, Shift = 6, Mask = 7, Positions = 8;

    public static void Register(OperatorTable table) => table.Add("EmbedLayerNormalization", since: 1, Build, domain: Domains.Microsoft);

    private static Operation Build(NodeContext node)
    {
        long width = RequireTables(node);
        RequireIds(node);
        long length = node.Shape(Words)[1];
        float epsilon = node.Node.GetFloat("epsilon", 1e-12f);
        return inputs =>
        {
            Tensor sum = RowLookup.Rows(node, inputs[WordTable]!, inputs[Words]!);
            using Tensor positions = inputs.ElementAtOrDefault(Positions) is { } given
                ? RowLookup.Rows(node, inputs[PositionTable]!, given)
                : inputs[PositionTable]!.narrow(0, 0, length);
            sum.add_(positions, Number.One);
            if (inputs[Segments] is { } segments)
            {
                using Tensor rows = RowLookup.Rows(node, inputs[SegmentTable]!, segments);
                sum.add_(rows, Number.One);
            }

            Tensor normalized = nn.functional.layer_norm(sum, [width], inputs[Scale]!, inputs[Shift], epsilon);
            return [normalized, Lengths(inputs[Words]!, inputs.ElementAtOrDefault(Mask)), sum];
        };
    }

    /// <summary>How many words of each sequence the mask leaves, as <see cref="ProjectedAttention"/> takes them; 0 without a mask.</summary>
    private static Tensor Lengths(Tensor words, Tensor? mask)
    {
        if (mask is null)
            return zeros([words.shape[0]], ScalarType.Int32, words.device);
        using Tensor visible = mask.eq(Number.One);
        return visible.sum(1, type: ScalarType.Int32);
    }

    private static long RequireTables(NodeContext node)
    {
        node.RequireFloats(WordTable);
        node.Require(node.Rank(WordTable) == 2, "the table of words must have two axes");
        long width = node.Shape(WordTable)[1];
        node.Require(width > 0, "the table of words has no columns");
        foreach (int table in node.Has(SegmentTable) ? [PositionTable, SegmentTable] : new[] { PositionTable })
        {
            node.RequireSameType(WordTable, table);
            node.Require(node.Rank(table) == 2 && node.Shape(table)[1] == width, $"the table of input {table} must have {width} columns");
        }

        node.RequireVector(Scale, width, like: WordTable);
        node.RequireVector(Shift, width, like: WordTable);
        return width;
    }

    private static void RequireIds(NodeContext node)
    {
        node.Require(node.Rank(Words) == 2, "input_ids must be (batch, length)");
        long[] ids = node.Shape(Words);
        node.RequireSize([.. ids, node.Shape(WordTable)[1]]);
        node.RequireIndices(Words, ids);
        node.Require(node.Has(Segments) == node.Has(SegmentTable), "segment_ids and their table must be given together");
        foreach (int index in new[] { Segments, Mask }.Where(node.Has))
            node.RequireIndices(index, ids);
        if (node.Has(Positions))
            node.RequireIndices(Positions, node.Shape(Positions) is [1, _] ? 1 : ids[0], ids[1]);
        else
            node.Require(node.Shape(PositionTable)[0] >= ids[1], $"the table of positions has fewer than {ids[1]} rows");
    }
}
