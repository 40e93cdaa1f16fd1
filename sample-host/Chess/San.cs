using System.Numerics;

namespace Rival.Chess;

/// <summary>Standard algebraic notation, the move format of the PGN standard, section 8.2.3.</summary>
public static class San
{
    /// <summary>
    /// Reads a move's text and finds the one legal move it means. Besides strict SAN it takes <c>e8Q</c>,
    /// <c>e8(Q)</c>, <c>0-0</c>, more disambiguation than needed, long algebraic (<c>e2-e4</c>, <c>Ng1f3</c>,
    /// <c>e7e8q</c>), and any of <c>+ ++ # ! ? e.p.</c> behind. It does not guess: an ambiguous move, a promotion
    /// without its piece, or an illegal move is refused.
    /// </summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="san">The text, without a move number.</param>
    /// <param name="move">The move, when the answer is true.</param>
    public static bool TryParse(in Position position, ReadOnlySpan<char> san, out Move move)
    {
        move = default;
        if (!SanPattern.TryRead(san, out SanPattern pattern))
            return false;
        if (pattern.CastlingLength != 0)
            return TryCastle(position, pattern.CastlingLength == 2, out move);
        pattern.Piece = PieceOf(position, pattern);
        return pattern.Piece switch
        {
            Piece.None => false,
            Piece.Pawn => TryPawn(position, pattern, out move),
            _ => TryPiece(position, pattern, out move) || TryKingTwoSteps(position, pattern, out move),
        };
    }

    /// <summary>Writes a legal move in strict SAN, with the least disambiguation and with its check or mate mark.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="move">A move that is legal there.</param>
    public static string Format(in Position position, Move move) => SanWriter.Write(position, move);

    /// <summary>The pieces of the side to move, of one kind, that can legally step to <paramref name="to"/>. Not for pawns.</summary>
    internal static ulong LegalOrigins(in Position position, Piece piece, int to, ulong among)
    {
        ulong legal = 0;
        ulong candidates = Attacks.Of(position.SideToMove, piece, to, position.Occupied)
            & position.Of(position.SideToMove, piece) & among;
        for (; candidates != 0; candidates &= candidates - 1)
        {
            int from = BitOperations.TrailingZeroCount(candidates);
            if (position.KeepsKingSafe(new Move(from, to)))
                legal |= Square.Bit(from);
        }
        return legal;
    }

    /// <summary>A move without a piece letter is a pawn's, unless it names its whole origin as UCI does.</summary>
    private static Piece PieceOf(in Position position, in SanPattern pattern)
    {
        if (pattern.Piece != Piece.None)
            return pattern.Piece;
        return pattern.FromFile >= 0 && pattern.FromRank >= 0
            ? position.PieceAt(Square.At(pattern.FromFile, pattern.FromRank))
            : Piece.Pawn;
    }

    private static bool TryCastle(in Position position, bool kingSide, out Move move)
    {
        Side us = position.SideToMove;
        Castling castling = kingSide ? Castling.KingSide(us) : Castling.QueenSide(us);
        move = castling.Move;
        return castling.IsLegal(position);
    }

    private static bool TryPiece(in Position position, in SanPattern pattern, out Move move)
    {
        move = default;
        if (pattern.Promotion != Piece.None || IsOwn(position, pattern.To))
            return false;
        ulong origins = LegalOrigins(position, pattern.Piece, pattern.To, OriginMask(pattern));
        move = new Move(BitOperations.TrailingZeroCount(origins), pattern.To);
        return BitOperations.IsPow2(origins);
    }

    /// <summary>Castling written as the king's move, as UCI and some long algebraic files do.</summary>
    private static bool TryKingTwoSteps(in Position position, in SanPattern pattern, out Move move)
    {
        move = default;
        if (pattern.Piece != Piece.King || pattern.FromFile != 4 || Square.File(pattern.To) is not (2 or 6))
            return false;
        return TryCastle(position, Square.File(pattern.To) == 6, out move) && move.To == pattern.To;
    }

    private static bool TryPawn(in Position position, in SanPattern pattern, out Move move)
    {
        move = default;
        bool isLastRank = Square.Rank(pattern.To) is 0 or 7;
        if (isLastRank != (pattern.Promotion != Piece.None) || IsOwn(position, pattern.To))
            return false;
        bool captures = pattern.FromFile >= 0 && pattern.FromFile != Square.File(pattern.To);
        int from = captures ? CaptureOrigin(position, pattern) : PushOrigin(position, pattern.To);
        if (from == Square.None || pattern.FromRank >= 0 && pattern.FromRank != Square.Rank(from))
            return false;
        move = new Move(from, pattern.To, pattern.Promotion);
        return position.KeepsKingSafe(move);
    }

    private static int CaptureOrigin(in Position position, in SanPattern pattern)
    {
        Side us = position.SideToMove;
        if (pattern.To != position.EnPassantSquare && (position.BySide(us.Other()) >> pattern.To & 1) == 0)
            return Square.None;
        ulong origin = Attacks.Pawn(us.Other(), pattern.To) & position.Of(us, Piece.Pawn) & OriginMask(pattern);
        return origin == 0 ? Square.None : BitOperations.TrailingZeroCount(origin);
    }

    private static int PushOrigin(in Position position, int to)
    {
        Side us = position.SideToMove;
        int back = us == Side.White ? -8 : 8;
        ulong pawns = position.Of(us, Piece.Pawn);
        int one = to + back, two = one + back;
        if ((position.Occupied >> to & 1) != 0 || one is < 8 or > 55)
            return Square.None;
        if ((pawns >> one & 1) != 0)
            return one;
        bool isDoubleStep = Square.Rank(to) == (us == Side.White ? 3 : 4);
        return isDoubleStep && (position.Occupied >> one & 1) == 0 && (pawns >> two & 1) != 0 ? two : Square.None;
    }

    private static bool IsOwn(in Position position, int square) =>
        (position.BySide(position.SideToMove) >> square & 1) != 0;

    private static ulong OriginMask(in SanPattern pattern)
    {
        ulong mask = ulong.MaxValue;
        if (pattern.FromFile >= 0)
            mask &= 0x0101010101010101UL << pattern.FromFile;
        if (pattern.FromRank >= 0)
            mask &= 0xFFUL << (8 * pattern.FromRank);
        return mask;
    }
}
