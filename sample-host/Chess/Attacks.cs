namespace Rival.Chess;

/// <summary>The squares that each piece attacks, as bitboards (bit 0 = a1, bit 63 = h8).</summary>
public static class Attacks
{
    private static readonly ulong[] s_knight = Leaper((1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2));
    private static readonly ulong[] s_king = Leaper((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1));
    private static readonly ulong[] s_whitePawn = Leaper((-1, 1), (1, 1));
    private static readonly ulong[] s_blackPawn = Leaper((-1, -1), (1, -1));
    private static readonly ulong[] s_between = Pairs(BetweenOf);
    private static readonly ulong[] s_line = Pairs(LineOf);

    /// <summary>The squares a knight on <paramref name="square"/> attacks.</summary>
    public static ulong Knight(int square) => s_knight[square];

    /// <summary>The squares a king on <paramref name="square"/> attacks.</summary>
    public static ulong King(int square) => s_king[square];

    /// <summary>The squares a pawn of <paramref name="side"/> on <paramref name="square"/> attacks; its pushes are not among them.</summary>
    public static ulong Pawn(Side side, int square) => side == Side.White ? s_whitePawn[square] : s_blackPawn[square];

    /// <summary>The squares a bishop on <paramref name="square"/> attacks, up to and with the first occupied one each way.</summary>
    public static ulong Bishop(int square, ulong occupied) => SlidingRays.Diagonals(square, occupied);

    /// <summary>The squares a rook on <paramref name="square"/> attacks, up to and with the first occupied one each way.</summary>
    public static ulong Rook(int square, ulong occupied) => SlidingRays.FileAndRank(square, occupied);

    /// <summary>The squares a queen on <paramref name="square"/> attacks, up to and with the first occupied one each way.</summary>
    public static ulong Queen(int square, ulong occupied) => Bishop(square, occupied) | Rook(square, occupied);

    /// <summary>The squares that <paramref name="piece"/> attacks from <paramref name="square"/>.</summary>
    /// <param name="side">The piece's side; only pawns look at it.</param>
    /// <param name="piece">The piece; <see cref="Piece.None"/> attacks nothing.</param>
    /// <param name="square">Where it stands, 0..63.</param>
    /// <param name="occupied">The occupied squares, which stop sliding pieces.</param>
    public static ulong Of(Side side, Piece piece, int square, ulong occupied) => piece switch
    {
        Piece.Pawn => Pawn(side, square),
        Piece.Knight => Knight(square),
        Piece.Bishop => Bishop(square, occupied),
        Piece.Rook => Rook(square, occupied),
        Piece.Queen => Queen(square, occupied),
        Piece.King => King(square),
        _ => 0,
    };

    /// <summary>The squares strictly between two squares of one rank, file or diagonal; otherwise none.</summary>
    public static ulong Between(int one, int other) => s_between[one * 64 + other];

    /// <summary>The whole rank, file or diagonal through both squares, edge to edge; none when they share no line.</summary>
    public static ulong Line(int one, int other) => s_line[one * 64 + other];

    private static ulong[] Leaper(params ReadOnlySpan<(int File, int Rank)> steps)
    {
        var attacks = new ulong[64];
        for (int square = 0; square < 64; square++)
            foreach ((int file, int rank) in steps)
                attacks[square] |= BitOrNone(Square.File(square) + file, Square.Rank(square) + rank);
        return attacks;
    }

    private static ulong BitOrNone(int file, int rank) =>
        file is >= 0 and < 8 && rank is >= 0 and < 8 ? Square.Bit(Square.At(file, rank)) : 0;

    private static ulong[] Pairs(Func<int, int, ulong> of)
    {
        var pairs = new ulong[64 * 64];
        for (int one = 0; one < 64; one++)
            for (int other = 0; other < 64; other++)
                pairs[one * 64 + other] = of(one, other);
        return pairs;
    }

    private static ulong BetweenOf(int one, int other)
    {
        if (OnFileOrRank(one, other))
            return Rook(one, Square.Bit(other)) & Rook(other, Square.Bit(one));
        if (OnDiagonal(one, other))
            return Bishop(one, Square.Bit(other)) & Bishop(other, Square.Bit(one));
        return 0;
    }

    private static ulong LineOf(int one, int other)
    {
        ulong ends = Square.Bit(one) | Square.Bit(other);
        if (OnFileOrRank(one, other))
            return Rook(one, 0) & Rook(other, 0) | ends;
        if (OnDiagonal(one, other))
            return Bishop(one, 0) & Bishop(other, 0) | ends;
        return 0;
    }

    private static bool OnFileOrRank(int one, int other) => (Rook(one, 0) & Square.Bit(other)) != 0;

    private static bool OnDiagonal(int one, int other) => (Bishop(one, 0) & Square.Bit(other)) != 0;
}
