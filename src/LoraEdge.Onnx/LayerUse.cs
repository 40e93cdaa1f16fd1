namespace LoraEdge.Onnx;

/// <summary>One use of an adaptable weight.</summary>
/// <param name="Node">The node.</param>
/// <param name="Value">The value that the node reads: the weight, or what Transpose, Cast, Identity or DequantizeLinear make of it.</param>
/// <param name="Kind">What the node does with it.</param>
public sealed record LayerUse(OnnxNode Node, string Value, LayerUseKind Kind)
{
    /// <summary>Whether <see cref="Value"/>, a matrix, is <c>(out, in)</c> rather than <c>(in, out)</c>.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Gemm's factor on the product; 1 where the operator has none. Finite and not 0.</summary>
    public float Alpha { get; init; } = 1f;

    /// <summary>Element type of <see cref="Value"/>, see <see cref="OnnxDataType"/>; that of the activations where they are multiplied with integers.</summary>
    public int DataType { get; init; } = OnnxDataType.Float;

    /// <summary>The activations, or the indices of <see cref="LayerUseKind.Rows"/>; empty for <see cref="LayerUseKind.Whole"/>.</summary>
    public string Input { get; init; } = "";

    /// <summary>
    /// The result that changes by <c>alpha * s*B*A</c> times the input, or in <see cref="LayerUseKind.FusedProduct"/> what the
    /// operator makes of it; empty for <see cref="LayerUseKind.Whole"/>.
    /// </summary>
    public string Output { get; init; } = "";
}
