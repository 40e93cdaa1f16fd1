using System.Buffers.Binary;

namespace Rival.Chess;

/// <summary>
/// Sliding attacks by hyperbola quintessence (chessprogramming.org): subtracting the slider from the blockers on
/// its line flips every bit up to the first blocker, and a byte swap does the same in the other direction.
/// It needs 2 KB of tables where magic bitboards need 800 KB, so the cache stays free for the training data.
/// </summary>
internal static class SlidingRays
{
    private static readonly ulong[] s_file = Lines(0, 1);
    private static readonly ulong[] s_diagonal = Lines(1, 1);
    private static readonly ulong[] s_antidiagonal = Lines(1, -1);
    private static readonly byte[] s_rank = Ranks();

    internal static ulong Diagonals(int square, ulong occupied) =>
        Along(s_diagonal[square], square, occupied) | Along(s_antidiagonal[square], square, occupied);

    internal static ulong FileAndRank(int square, ulong occupied) =>
        Along(s_file[square], square, occupied) | AlongRank(square, occupied);

    private static ulong Along(ulong line, int square, ulong occupied)
    {
        ulong forward = occupied & line;
        ulong backward = BinaryPrimitives.ReverseEndianness(forward);
        forward -= 1UL << square;
        // The square's bit after a byte swap: the rank is mirrored, the file stays.
        backward -= 1UL << (square ^ 56);
        return (forward ^ BinaryPrimitives.ReverseEndianness(backward)) & line;
    }

    /// <summary>A byte swap does not mirror a rank, so ranks come from a table over the six inner squares.</summary>
    private static ulong AlongRank(int square, ulong occupied)
    {
        int shift = square & 56;
        int inner = (int)(occupied >> (shift + 1)) & 63;
        return (ulong)s_rank[inner * 8 + (square & 7)] << shift;
    }

    private static ulong[] Lines(int file, int rank)
    {
        var lines = new ulong[64];
        for (int square = 0; square < 64; square++)
            lines[square] = Ray(square, file, rank, 0) | Ray(square, -file, -rank, 0);
        return lines;
    }

    private static byte[] Ranks()
    {
        var ranks = new byte[64 * 8];
        for (int inner = 0; inner < 64; inner++)
            for (int file = 0; file < 8; file++)
                ranks[inner * 8 + file] = (byte)(Ray(file, 1, 0, (ulong)inner << 1) | Ray(file, -1, 0, (ulong)inner << 1));
        return ranks;
    }

    private static ulong Ray(int square, int fileStep, int rankStep, ulong occupied)
    {
        ulong ray = 0;
        int file = Square.File(square) + fileStep, rank = Square.Rank(square) + rankStep;
        while (file is >= 0 and < 8 && rank is >= 0 and < 8)
        {
            ulong bit = Square.Bit(Square.At(file, rank));
            ray |= bit;
            if ((occupied & bit) != 0)
                break;
            file += fileStep;
            rank += rankStep;
        }
        return ray;
    }
}
