using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>RotaryEmbedding of ONNX and, with its inputs in another order, of com.microsoft.</summary>
internal static class RotaryEmbedding
{
    public static void Register(OperatorTable table)
    {
        table.Add("RotaryEmbedding", since: 23, Standard);
        table.Add("RotaryEmbedding", since: 1, Microsoft, ObjectionToMicrosoft, Domains.Microsoft);
    }

    private static Operation Standard(NodeContext node)
    {
        const int Cosine = 1, Sine = 2, Positions = 3;
        HeadShape shape = HeadShape.Of(node, 0, node.Rank(0) == 4 ? 0 : node.Node.GetInt("num_heads", 0));
        long width = Width(node, shape.Size);
        if (node.Has(Positions))
        {
            RequireTables(node, Cosine, Sine, width / 2);
            node.RequireIndices(Positions, shape.Batch, shape.Length);
            return Rotate(node, shape, width, inputs => (Rows(inputs, Cosine), Rows(inputs, Sine)));
        }

        long[] expected = [shape.Batch, shape.Length, width / 2];
        node.RequireSameType(0, Cosine);
        node.RequireSameType(0, Sine);
        bool fits = node.Shape(Cosine).SequenceEqual(expected) && node.Shape(Sine).SequenceEqual(expected);
        node.Require(fits, $"without position_ids, cosines and sines must have the shape [{string.Join(",", expected)}]");
        return Rotate(node, shape, width, inputs => (inputs[Cosine]!.alias(), inputs[Sine]!.alias()));

        Tensor Rows(Tensor?[] inputs, int table) => RowLookup.Rows(node, inputs[table]!, inputs[Positions]!);
    }

    private static Operation Microsoft(NodeContext node)
    {
        const int Positions = 1, Cosine = 2, Sine = 3;
        long[] table = node.Shape(Cosine);
        node.Require(table.Length == 2, "the table of cosines must have two axes");
        long heads = node.Node.GetInt("num_heads", 0), dimensions = node.Node.GetInt("rotary_embedding_dim", 0);
        // Without a number of heads, the table's width tells the size of a head.
        if (node.Rank(0) == 3 && heads == 0)
        {
            node.Require(dimensions == 0 && table[1] > 0 && node.Shape(0)[2] % (2 * table[1]) == 0, "num_heads is missing");
            heads = node.Shape(0)[2] / (2 * table[1]);
        }

        HeadShape shape = HeadShape.Of(node, 0, node.Rank(0) == 4 ? 0 : heads);
        long width = Width(node, shape.Size);
        RequireTables(node, Cosine, Sine, width / 2);
        bool isOffset = node.Rank(Positions) == 1;
        node.RequireIndices(Positions, isOffset ? [1] : [shape.Batch, shape.Length]);
        return Rotate(node, shape, width, inputs =>
        {
            using Tensor positions = isOffset ? From(inputs[Positions]!, shape.Length) : inputs[Positions]!.alias();
            return (RowLookup.Rows(node, inputs[Cosine]!, positions), RowLookup.Rows(node, inputs[Sine]!, positions));
        });
    }

    /// <summary>Positions that follow an offset, the same for every sequence: (1, length).</summary>
    private static Tensor From(Tensor offset, long length)
    {
        using Tensor steps = Counting.Below(length, offset.dtype, offset.device), positions = steps.add(offset, Number.One);
        return positions.unsqueeze(0);
    }

    /// <summary>Rotates without moving the heads: their axis is the third where the input has three.</summary>
    private static Operation Rotate(NodeContext node, HeadShape shape, long width, Func<Tensor?[], (Tensor Cosine, Tensor Sine)> tables)
    {
        bool isFlat = node.Rank(0) == 3;
        long[] result = node.Shape(0), apart = isFlat ? [shape.Batch, shape.Length, shape.Heads, shape.Size] : result;
        var rotation = new Rotation(width / 2, node.Node.GetInt("interleaved", 0) != 0);
        int headAxis = isFlat ? 2 : 1;
        return inputs =>
        {
            (Tensor cosine, Tensor sine) = tables(inputs);
            using (cosine)
            using (sine)
            {
                using Tensor heads = inputs[0]!.reshape(apart), wideCosine = cosine.unsqueeze(headAxis), wideSine = sine.unsqueeze(headAxis);
                using Tensor rotated = rotation.Apply(heads, wideCosine, wideSine);
                return [rotated.reshape(result)];
            }
        };
    }

    private static long Width(NodeContext node, long headSize)
    {
        long width = node.Node.GetInt("rotary_embedding_dim", 0) is not 0 and var given ? given : headSize;
        node.Require(width > 0 && width <= headSize && width % 2 == 0, $"{width} numbers of a head of {headSize} cannot be rotated in pairs");
        return width;
    }

    private static void RequireTables(NodeContext node, int cosine, int sine, long pairs)
    {
        node.RequireSameType(0, cosine);
        node.RequireSameType(0, sine);
        long[] shape = node.Shape(cosine);
        node.Require(shape.Length == 2 && shape[1] == pairs && node.Shape(sine).SequenceEqual(shape), $"the tables of cosines and sines must have the shape [positions,{pairs}]");
    }

    private static string? ObjectionToMicrosoft(OnnxNode node)
    {
        if (node.GetInt("is_packed_batching", 0) != 0)
            return "is_packed_batching is not supported";
        return node.GetFloat("scale", 1) is 0 or 1 ? null : "only scale 1 is supported";
    }
}
