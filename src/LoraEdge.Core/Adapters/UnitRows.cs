namespace LoraEdge;

/// <summary>Rows of unit L2 norm, up to the rounding of their floats.</summary>
internal static class UnitRows
{
    /// <summary>
    /// How far a stored norm may be from 1. Rounding n entries to floats moves it by less than 2^-24 unless entries are
    /// subnormal; rows further off were not normalised.
    /// </summary>
    public const double Tolerance = 1e-6;

    /// <summary>A copy of the rows, each scaled to unit norm.</summary>
    public static float[] Normalised(float[] rows, int rank, int initializerIndex)
    {
        if (rows.Length == 0 || rows.Length % rank != 0 || rows.Length / rank > AdapterLimits.MaxInFeatures)
            throw new InvalidInputException($"Initializer {initializerIndex} is given {rows.Length} values, expected {rank} rows of 1 to {AdapterLimits.MaxInFeatures}.");
        int width = rows.Length / rank;
        float[] unit = new float[rows.Length];
        for (int r = 0; r < rank; r++)
        {
            ReadOnlySpan<float> row = rows.AsSpan(r * width, width);
            double norm = Norm(row);
            if (norm == 0 || double.IsNaN(norm) || double.IsInfinity(norm))
                throw new InvalidInputException($"Row {r} of initializer {initializerIndex} has the norm {norm}, expected a finite one above 0. Leave this weight out, or calibrate it with more data.");
            for (int i = 0; i < width; i++)
                unit[(r * width) + i] = (float)(row[i] / norm);
        }

        return unit;
    }

    /// <summary>Index of the first row whose norm is not 1 or not finite, or -1.</summary>
    public static int FirstNotUnit(float[] rows, int rank)
    {
        int width = rows.Length / rank;
        for (int r = 0; r < rank; r++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(Norm(rows.AsSpan(r * width, width)) - 1) <= Tolerance))
                return r;
        }

        return -1;
    }

    private static double Norm(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
