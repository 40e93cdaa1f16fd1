using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LoraEdge;

/// <summary>
/// The frozen projection, version 1: the matrix A of LoRA-FA (arXiv:2308.03303) from a name and a seed, bit-identical on
/// every platform forever, because adapter files hold only B. It is made from integers; the only floating-point operations
/// are one square root a row and one division an entry, both correctly rounded by IEEE 754. Defined in
/// docs/adapter-format.md; why, in docs/decisions/0001-frozen-projection.md.
/// </summary>
public static class FrozenProjection
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>A of one weight, shape <c>(r, in)</c>, row-major; every row has unit L2 norm, up to the rounding of its floats.</summary>
    /// <param name="initializerName">Name of the weight's initializer in the model.</param>
    /// <param name="seed">The adapter's seed.</param>
    /// <param name="rank">Rank r, from 1 to <see cref="AdapterLimits.MaxRank"/>.</param>
    /// <param name="inFeatures">Columns of A, from 1 to <see cref="AdapterLimits.MaxInFeatures"/>.</param>
    /// <exception cref="InvalidOptionsException">The rank or the number of columns is out of range.</exception>
    public static float[] Generate(string initializerName, ulong seed, int rank, int inFeatures)
    {
        if (initializerName is null)
            throw new ArgumentNullException(nameof(initializerName));
        if (rank < 1 || rank > AdapterLimits.MaxRank)
            throw new InvalidOptionsException($"The projection of '{initializerName}' cannot have rank {rank}: choose a rank from 1 to {AdapterLimits.MaxRank}.");
        if (inFeatures < 1 || inFeatures > AdapterLimits.MaxInFeatures)
            throw new InvalidOptionsException($"'{initializerName}' has {inFeatures} input features; a projection has from 1 to {AdapterLimits.MaxInFeatures}. Leave this weight out of the targets.");

        ulong key = StreamKey(initializerName, seed);
        float[] a = new float[checked(rank * inFeatures)];
        int[] row = new int[inFeatures];
        for (int r = 0; r < rank; r++)
        {
            int first = r * inFeatures;
            FillIntegers(key, first, row);
            Normalise(row, a.AsSpan(first, inFeatures));
        }

        return a;
    }

    /// <summary>First eight bytes (little-endian) of SHA-256 over the UTF-8 name, xor the seed.</summary>
    internal static ulong StreamKey(string initializerName, ulong seed)
    {
        using SHA256 sha = SHA256.Create();
        byte[] digest = sha.ComputeHash(Encoding.UTF8.GetBytes(initializerName));
        return BinaryPrimitives.ReadUInt64LittleEndian(digest) ^ seed;
    }

    /// <summary>Signed 21-bit integers of the stream, from entry <paramref name="first"/> on.</summary>
    internal static void FillIntegers(ulong key, int first, Span<int> integers)
    {
        for (int i = 0; i < integers.Length; i++)
        {
            ulong position = (ulong)first + (ulong)i + 1;
            integers[i] = (int)((long)Mix(unchecked(key + (position * GoldenGamma))) >> 43);
        }
    }

    /// <summary>Scales a row to unit L2 norm; a row of zeros becomes the first unit vector.</summary>
    internal static void Normalise(ReadOnlySpan<int> integers, Span<float> row)
    {
        long sum = 0;
        foreach (int value in integers)
            sum += (long)value * value;
        if (sum == 0)
        {
            row.Clear();
            row[0] = 1f;
            return;
        }

        double norm = Math.Sqrt((double)sum);
        for (int i = 0; i < row.Length; i++)
            row[i] = (float)(integers[i] / norm);
    }

    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
