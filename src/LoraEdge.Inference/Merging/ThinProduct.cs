namespace LoraEdge.Inference;

/// <summary>A product of two thin matrices and a factor, <c>scale * left * right</c>.</summary>
/// <param name="Left">Shape <c>(rows, rank)</c>, row-major.</param>
/// <param name="Right">Shape <c>(rank, columns)</c>, row-major.</param>
/// <param name="Scale">The factor.</param>
/// <param name="Rank">The inner dimension; small.</param>
internal sealed record ThinProduct(float[] Left, float[] Right, float Scale, int Rank)
{
    /// <summary>Number of columns.</summary>
    public int Columns { get; } = Right.Length / Rank;

    /// <summary>Number of elements of the product.</summary>
    public int Count => Left.Length / Rank * Columns;

    /// <summary>What a row of <see cref="Right"/> is multiplied by in a row of the product.</summary>
    public float Factor(int row, int inner) => Scale * Left[(row * Rank) + inner];
}
