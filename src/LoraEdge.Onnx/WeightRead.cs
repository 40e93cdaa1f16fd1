namespace LoraEdge.Onnx;

/// <summary>A node that computes with a weight.</summary>
/// <param name="Node">The node.</param>
/// <param name="Slot">Which of its inputs, or <see cref="ValueReads.BySubgraph"/>.</param>
/// <param name="Value">What it reads.</param>
/// <param name="Role">What it does with it.</param>
internal sealed record WeightRead(OnnxNode Node, int Slot, TracedValue Value, WeightRole Role)
{
    /// <summary>Number of axes of the value.</summary>
    public int Rank => Value.Axes.Length;

    /// <summary>For a product: whether the stored matrix is <c>(out, in)</c>.</summary>
    public bool IsStoredTransposed => Role.IsTransposed != !Value.IsInOrder;
}
