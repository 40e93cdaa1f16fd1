namespace LoraEdge.Onnx;

/// <summary>What an operator does with a constant tensor as one of its inputs.</summary>
/// <param name="Kind">What it is to the operator.</param>
/// <param name="IsTransposed">For a product: whether the operator takes the matrix as <c>(out, in)</c>.</param>
/// <param name="Alpha">For a product: the factor on it.</param>
internal sealed record WeightRole(WeightRole.Kinds Kind, bool IsTransposed = false, float Alpha = 1f)
{
    internal enum Kinds
    {
        /// <summary>Not a weight.</summary>
        None,

        /// <summary>The left factor of a product.</summary>
        Left,

        /// <summary>A weight of an operator whose weights are not adapted.</summary>
        Foreign,

        /// <summary>The table of a Gather on the first axis.</summary>
        Table,

        /// <summary>The right factor of MatMul or Gemm.</summary>
        Product,

        /// <summary>The same inside an operator of com.microsoft that does more: FusedMatMul, FusedGemm, Attention.</summary>
        FusedProduct,

        /// <summary>The same where the operator also moves the axes of the activations.</summary>
        WholeProduct,

        /// <summary>The kernel of a Conv.</summary>
        Kernel,

        /// <summary>Input or recurrent weights of LSTM, GRU or RNN.</summary>
        Recurrent,

        /// <summary>The right factor of MatMulInteger.</summary>
        IntegerProduct,

        /// <summary>The right factor of MatMulNBits of com.microsoft.</summary>
        BlockProduct,
    }

    private const string Microsoft = "com.microsoft";

    private static readonly WeightRole s_none = new(Kinds.None);

    /// <summary>Whether the operator multiplies activations with the tensor.</summary>
    public bool IsWeight => Kind is not (Kinds.None or Kinds.Table);

    /// <summary>Whether an adapter can change the tensor on this operator's account.</summary>
    public bool IsAdaptable => Kind >= Kinds.Product;

    /// <summary>The role of an input.</summary>
    /// <exception cref="ModelFormatException">An attribute is of another type than the operator has it.</exception>
    public static WeightRole Of(OnnxNode node, int slot) => node.Domain switch
    {
        "" => OfStandard(node, slot),
        Microsoft => OfMicrosoft(node, slot),
        _ => s_none,
    };

    private static WeightRole OfStandard(OnnxNode node, int slot) => (node.OpType, slot) switch
    {
        ("MatMul", 1) => new(Kinds.Product),
        ("Gemm", 1) => ProductOf(node, Kinds.Product),
        ("MatMul" or "Gemm", 0) => new(Kinds.Left),
        ("Conv", 1) => new(Kinds.Kernel),
        ("LSTM" or "GRU" or "RNN", 1 or 2) => new(Kinds.Recurrent),
        ("MatMulInteger", 1) => new(Kinds.IntegerProduct),
        ("Gather", 0) when node.GetInt("axis", 0) == 0 => new(Kinds.Table),
        ("ConvTranspose" or "ConvInteger", 1) or ("QLinearMatMul" or "QLinearConv", 3) => new(Kinds.Foreign),
        _ => s_none,
    };

    private static WeightRole OfMicrosoft(OnnxNode node, int slot) => (node.OpType, slot) switch
    {
        ("FusedMatMul", 1) => ProductOf(node, node.GetInt("transA", 0) == 0 && node.GetInt("transBatchA", 0) == 0 ? Kinds.FusedProduct : Kinds.WholeProduct),
        ("MatMulNBits", 1) => new(Kinds.BlockProduct, IsTransposed: true),
        ("FusedGemm", 1) => ProductOf(node, Kinds.FusedProduct),
        ("Attention", 1) => new(Kinds.FusedProduct),
        ("FusedMatMul" or "FusedGemm", 0) => new(Kinds.Left),
        ("QAttention" or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" or "MatMulBnb4" or "FusedConv", 1) => new(Kinds.Foreign),
        ("QGemm", 3) or ("DynamicQuantizeLSTM", 1 or 2) => new(Kinds.Foreign),
        _ => s_none,
    };

    private static WeightRole ProductOf(OnnxNode node, Kinds kind) => new(kind, node.GetInt("transB", 0) != 0, node.GetFloat("alpha", 1f));
}
