using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// ONNX Runtime's MatMulNBits: a weight of 4 or 8 bits with a scale for each block of its rows. It is widened for one product
/// and dropped again, as keeping it wide would undo what the model was quantized for.
/// </summary>
internal static class BlockQuantizedProduct
{
    private const int Packed = 1, Scales = 2, Zeros = 3, GroupOrder = 4, Bias = 5;

    public static void Register(OperatorTable table) =>
        table.Add("MatMulNBits", since: 1, Prepare, Objection, domain: "com.microsoft");

    private static Operation Prepare(NodeContext node)
    {
        long[] a = node.Shape(0);
        BlockQuantizedWeight weight = BlockQuantizedWeight.Of(node, Packed, Scales, Zeros);
        node.Require(node.Type(0) is ScalarType.Float32 or ScalarType.Float16 && a.Length > 0 && a[^1] == weight.In, $"A must hold float32 or float16 with a last axis of {weight.In}");
        bool hasBias = node.Has(Bias), rounds = node.Node.GetInt("accuracy_level", 0) == 4;
        node.Require(!hasBias || (node.Type(Bias) == node.Type(0) && node.Shape(Bias).SequenceEqual([weight.Out])), $"the bias must have the shape [{weight.Out}] and the type of A");
        long[] result = node.RequireSize([.. a.Take(a.Length - 1), weight.Out]);
        long rows = a.Take(a.Length - 1).Aggregate(1L, (product, size) => product * size);
        (ScalarType type, LowRankBranch? branch) = (node.Type(0), node.Branch);
        return inputs =>
        {
            using Tensor wide = inputs[0]!.to(ScalarType.Float32), flat = wide.reshape(rows, weight.In), x = rounds ? RoundBlocks(flat, weight.Block) : flat.alias();
            using Tensor w = weight.Widen(inputs[Packed]!, inputs[Scales]!, inputs.Length > Zeros ? inputs[Zeros] : null), transposed = w.t();
            using Tensor product = x.mm(transposed), sum = hasBias ? AddBias(product, inputs[Bias]!) : product.alias(), narrow = sum.to(type);
            branch?.AddTo(narrow, flat);
            return [narrow.reshape(result)];
        };
    }

    private static Tensor AddBias(Tensor product, Tensor bias)
    {
        using Tensor wide = bias.to(ScalarType.Float32);
        return product.add(wide, Number.One);
    }

    /// <summary>With accuracy_level 4 ONNX Runtime rounds A to 8 bits, one scale a block.</summary>
    private static Tensor RoundBlocks(Tensor x, long block)
    {
        long columns = x.shape[1], blocks = (columns + block - 1) / block;
        using Tensor padded = nn.functional.pad(x, [0, blocks * block - columns]), parts = padded.reshape(x.shape[0], blocks, block);
        using Tensor values = parts.detach(), magnitudes = values.abs(), largest = magnitudes.amax([2], keepdim: true);
        using Tensor scale = largest.div(Number.Of(127f)), safe = scale.clamp_min(Number.Of(float.Epsilon));
        using Tensor ratio = parts.div(safe), rounded = StraightThrough.Round(ratio, ratio), real = rounded.mul(safe), rows = real.reshape(x.shape[0], blocks * block);
        return rows.narrow(1, 0, columns);
    }

    private static string? Objection(OnnxNode node)
    {
        if (node.Inputs.Count > GroupOrder && node.Inputs[GroupOrder].Length > 0)
            return "the input g_idx is not supported";
        return node.GetInt("bits", 4) is 4 or 8 ? null : "only 4 and 8 bits are supported";
    }
}
