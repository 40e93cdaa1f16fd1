namespace LoraEdge.Onnx;

/// <summary>
/// A weight <c>(out, in)</c> as MatMulNBits of com.microsoft reads it: rows of N, each cut into blocks of integers of 4 or 8 bits
/// q that stand for <c>(q - zero point) * scale</c>, with a scale and a zero point for each block.
/// </summary>
internal sealed class BlockWeight : IIntegerWeight
{
    private const int Scales = 2, Zeros = 3, GroupOrder = 4;

    private readonly Initializer _packed;
    private readonly Initializer _scales;
    private readonly Initializer? _zeros;
    private readonly long _rows;
    private readonly long _columns;
    private readonly long _block;
    private readonly int _type;

    private BlockWeight(OnnxNode node, Initializer packed, Initializer scales, Initializer? zeros)
    {
        (_packed, _scales, _zeros) = (packed, scales, zeros);
        (_rows, _columns) = SizeOf(node);
        _block = node.GetInt("block_size", 0);
        _type = node.GetInt("bits", 4) == 4 ? OnnxDataType.UInt4 : OnnxDataType.UInt8;
    }

    /// <summary>Outputs and inputs of the layer.</summary>
    public static (long OutFeatures, long InFeatures) SizeOf(OnnxNode node) => (node.GetInt("N", 0), node.GetInt("K", 0));

    /// <summary>Element type of the scales, which is that of the layer's activations.</summary>
    public static int TypeOf(OnnxGraph graph, OnnxNode node) => Constant(graph, node, Scales)!.DataType;

    /// <summary>
    /// The weight; null when the attributes do not fit the tensor, scales and zero points are no constants that do, or g_idx
    /// puts the columns in another order.
    /// </summary>
    public static BlockWeight? Of(OnnxGraph graph, OnnxNode node, Initializer packed)
    {
        (long rows, long columns) = SizeOf(node);
        long block = node.GetInt("block_size", 0), bits = node.GetInt("bits", 4);
        bool isSized = rows is > 0 and <= int.MaxValue && columns is > 0 and <= int.MaxValue && block is >= 16 and <= int.MaxValue && (block & (block - 1)) == 0;
        if (!isSized || bits is not (4 or 8) || IsGiven(node, GroupOrder) || packed.DataType != OnnxDataType.UInt8)
            return null;
        long blocks = (columns + block - 1) / block;
        if (Constant(graph, node, Scales) is not { } scales || !OnnxDataType.IsAdaptable(scales.DataType) || scales.Count != rows * blocks || packed.Count != scales.Count * (block * bits / 8))
            return null;
        Initializer? zeros = Constant(graph, node, Zeros);
        if (zeros is null)
            return IsGiven(node, Zeros) ? null : new BlockWeight(node, packed, scales, zeros);
        bool areWhole = zeros.DataType == scales.DataType && zeros.Count == scales.Count, arePacked = zeros.DataType == OnnxDataType.UInt8 && zeros.Count == rows * (((blocks * bits) + 7) / 8);
        return areWhole || arePacked ? new BlockWeight(node, packed, scales, zeros) : null;
    }

    /// <inheritdoc />
    public double Norm()
    {
        float[] scales = _scales.ToFloats();
        double[] zeros = ZeroPoints(scales.Length);
        ReadOnlySpan<byte> data = _packed.Data.Span;
        double sum = 0;
        for (long at = 0; at < scales.Length; at++)
        {
            long column = at % (scales.Length / _rows) * _block, end = Math.Min(_block, _columns - column);
            for (long i = 0; i < end; i++)
            {
                double value = (NarrowIntegers.At(data, _type, (at * _block) + i) - zeros[at]) * scales[at];
                sum += value * value;
            }
        }

        return Math.Sqrt(sum);
    }

    // Packed zero points fill whole bytes in each row.
    private double[] ZeroPoints(int count)
    {
        if (_zeros is null)
            return [.. Enumerable.Repeat(_type == OnnxDataType.UInt4 ? 8.0 : 128.0, count)];
        if (_zeros.DataType != OnnxDataType.UInt8)
            return [.. _zeros.ToFloats().Select(value => (double)value)];
        long blocks = count / _rows, stride = _type == OnnxDataType.UInt4 ? (blocks + 1) / 2 * 2 : blocks;
        var zeros = new double[count];
        for (int at = 0; at < count; at++)
            zeros[at] = NarrowIntegers.At(_zeros.Data.Span, _type, (at / blocks * stride) + (at % blocks));
        return zeros;
    }

    private static bool IsGiven(OnnxNode node, int slot) => slot < node.Inputs.Count && node.Inputs[slot].Length > 0;

    private static Initializer? Constant(OnnxGraph graph, OnnxNode node, int slot) => slot < node.Inputs.Count ? graph.ConstantOf(node.Inputs[slot]) : null;
}
