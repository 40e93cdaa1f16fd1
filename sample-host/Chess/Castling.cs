namespace Rival.Chess;

/// <summary>One of the four castlings of orthodox chess: who steps where, and what must be clear.</summary>
/// <param name="Right">The right it needs.</param>
/// <param name="KingFrom">The king's origin; the rook's is <paramref name="RookFrom"/>.</param>
/// <param name="KingTo">The king's destination; the rook's is <paramref name="RookTo"/>.</param>
/// <param name="RookFrom">The rook's origin.</param>
/// <param name="RookTo">The rook's destination, which the king crosses.</param>
internal sealed record Castling(CastlingRights Right, int KingFrom, int KingTo, int RookFrom, int RookTo)
{
    private static readonly Castling s_whiteKingSide = new(CastlingRights.WhiteKingSide, 4, 6, 7, 5);
    private static readonly Castling s_whiteQueenSide = new(CastlingRights.WhiteQueenSide, 4, 2, 0, 3);
    private static readonly Castling s_blackKingSide = new(CastlingRights.BlackKingSide, 60, 62, 63, 61);
    private static readonly Castling s_blackQueenSide = new(CastlingRights.BlackQueenSide, 60, 58, 56, 59);

    private readonly ulong _mustBeEmpty = Attacks.Between(KingFrom, RookFrom);

    /// <summary>The move as games record it.</summary>
    internal Move Move => new(KingFrom, KingTo);

    /// <summary>The castling of <paramref name="side"/> to the g file.</summary>
    internal static Castling KingSide(Side side) => side == Side.White ? s_whiteKingSide : s_blackKingSide;

    /// <summary>The castling of <paramref name="side"/> to the c file.</summary>
    internal static Castling QueenSide(Side side) => side == Side.White ? s_whiteQueenSide : s_blackQueenSide;

    /// <summary>The castling whose king lands on <paramref name="kingTo"/>.</summary>
    internal static Castling LandingOn(int kingTo)
    {
        Side side = kingTo < 32 ? Side.White : Side.Black;
        return Square.File(kingTo) == 6 ? KingSide(side) : QueenSide(side);
    }

    /// <summary>The rights that end when a piece leaves or reaches <paramref name="square"/>.</summary>
    internal static CastlingRights LostAt(int square) => square switch
    {
        0 => CastlingRights.WhiteQueenSide,
        4 => CastlingRights.WhiteKingSide | CastlingRights.WhiteQueenSide,
        7 => CastlingRights.WhiteKingSide,
        56 => CastlingRights.BlackQueenSide,
        60 => CastlingRights.BlackKingSide | CastlingRights.BlackQueenSide,
        63 => CastlingRights.BlackKingSide,
        _ => CastlingRights.None,
    };

    /// <summary>Whether the side to move may castle this way now; the right itself vouches for king and rook.</summary>
    internal bool IsLegal(in Position position) =>
        (position.CastlingRights & Right) != 0
        && (position.Occupied & _mustBeEmpty) == 0
        && !IsAttacked(position, KingFrom)
        && !IsAttacked(position, RookTo)
        && !IsAttacked(position, KingTo);

    private static bool IsAttacked(in Position position, int square) =>
        (position.AttackersOf(square, position.Occupied) & position.BySide(position.SideToMove.Other())) != 0;
}
