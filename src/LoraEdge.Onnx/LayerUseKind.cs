namespace LoraEdge.Onnx;

/// <summary>What a node does with an adaptable weight.</summary>
public enum LayerUseKind
{
    /// <summary>MatMul, Gemm, or MatMulNBits of com.microsoft: rows of activations times the weight.</summary>
    Product,

    /// <summary>The same inside an operator that does more with the result: FusedMatMul, FusedGemm and Attention of com.microsoft.</summary>
    FusedProduct,

    /// <summary>Conv with the weight as its kernel.</summary>
    Convolution,

    /// <summary>Gather on the first axis of a matrix, as an embedding does.</summary>
    Rows,

    /// <summary>MatMulInteger on dynamically quantized activations, with the Cast and Mul that make floats of its result again.</summary>
    IntegerProduct,

    /// <summary>Anything else: the node computes with the changed tensor.</summary>
    Whole,
}
