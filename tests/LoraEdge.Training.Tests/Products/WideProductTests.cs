using LoraEdge.Training.Products;

namespace LoraEdge.Training.Tests.Products;

/// <summary>Products in 512-bit vectors are those of the definition; on processors without such vectors they are merely slow.</summary>
public sealed class WideProductTests
{
    private static readonly (int Rows, int Inner, int Columns)[] s_shapes =
        [(1, 1, 1), (8, 16, 48), (7, 5, 47), (9, 3, 49), (16, 320, 96), (17, 321, 50), (64, 700, 31), (3, 641, 145)];

    [Test]
    public void Multiply_SumsAsTheDefinitionDoes([ValueSource(nameof(s_shapes))] (int Rows, int Inner, int Columns) shape, [Values] bool isTransposed)
    {
        (int rows, int inner, int columns) = shape;
        float[] a = Numbers.Normal(rows * inner, 1, 1), b = Numbers.Normal(inner * columns, 2, 1), stored = isTransposed ? Transposed(b, inner, columns) : b;

        float[] product = Multiply(a, stored, rows, inner, columns, isTransposed);

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = Enumerable.Range(0, inner).Sum(k => (double)a[(i * inner) + k] * b[(k * columns) + j]);
                Assert.That(product[(i * columns) + j], Is.EqualTo(sum).Within(1e-4), $"row {i}, column {j}");
            }
        }
    }

    [Test]
    public void Multiply_OverwritesWhatWasThere_AndNothingBeside()
    {
        float[] a = [2], b = [3], c = [float.NaN, 7];

        unsafe
        {
            fixed (float* left = a, right = b, to = c)
                WideProduct.Multiply(left, right, to, 1, 1, 1, isTransposed: false);
        }

        Assert.That(c, Is.EqualTo(new[] { 6f, 7f }));
    }

    [Test]
    public void Rows_DoNotDependOnEachOther()
    {
        float[] a = Numbers.Normal(20 * 30, 3, 1), b = Numbers.Normal(30 * 50, 4, 1);
        float[] whole = Multiply(a, b, 20, 30, 50, isTransposed: false);

        a.AsSpan(0, 30).Fill(float.NaN);

        Assert.That(Multiply(a, b, 20, 30, 50, isTransposed: false).AsSpan(50).ToArray(), Is.EqualTo(whole.AsSpan(50).ToArray()));
    }

    private static unsafe float[] Multiply(float[] a, float[] b, int rows, int inner, int columns, bool isTransposed)
    {
        var c = new float[rows * columns];
        fixed (float* left = a, right = b, to = c)
            WideProduct.Multiply(left, right, to, rows, inner, columns, isTransposed);
        return c;
    }

    private static float[] Transposed(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(at => matrix[(at % rows * columns) + (at / rows)])];
}
