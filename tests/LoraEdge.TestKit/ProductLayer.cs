using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>One of the ways in which ONNX multiplies with a weight.</summary>
/// <param name="Operator">MatMul or Gemm.</param>
/// <param name="IsTransposed">Whether a Gemm's weight is stored (out, in).</param>
/// <param name="Alpha">A Gemm's factor on the product; 1 for a MatMul.</param>
public sealed record ProductLayer(string Operator, bool IsTransposed = false, float Alpha = 1f)
{
    /// <summary>Every way that is adapted.</summary>
    public static ProductLayer[] All { get; } =
    [
        new("MatMul"), new("Gemm"), new("Gemm", IsTransposed: true), new("Gemm", Alpha: 0.5f), new("Gemm", IsTransposed: true, Alpha: -1.5f),
    ];

    /// <summary>Adds the node that multiplies <c>x</c> with <c>w</c>, and in a Gemm adds <c>0.5 * bias</c>.</summary>
    public void AddTo(GraphBuilder builder, string output)
    {
        if (Operator == "MatMul")
            builder.Node("MatMul", ["x", "w"], [output]);
        else
            builder.Node("Gemm", ["x", "w", "bias"], [output], [("transB", IsTransposed), ("alpha", Alpha), ("beta", 0.5f)]);
    }

    /// <inheritdoc />
    public override string ToString() => Operator == "MatMul" ? "MatMul" : FormattableString.Invariant($"Gemm transB={(IsTransposed ? 1 : 0)} alpha={Alpha}");
}
