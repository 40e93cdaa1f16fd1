using System.Numerics;

namespace Rival.Chess;

/// <summary>Reads Forsyth-Edwards notation, the position format of the PGN standard, section 16.1.</summary>
internal static class FenReader
{
    private const ulong LastRanks = 0xFF000000_000000FF;

    internal static bool TryRead(ReadOnlySpan<char> fen, out Position position, out string? problem)
    {
        position = new Position { EnPassantSquare = Square.None, FullmoveNumber = 1 };
        problem = Read(fen, ref position);
        return problem is null;
    }

    private static string? Read(ReadOnlySpan<char> fen, ref Position position)
    {
        Span<Range> fields = stackalloc Range[7];
        int count = fen.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (count is < 4 or > 6)
            return "a FEN has four to six fields";
        return ReadBoard(fen[fields[0]], ref position)
            ?? ReadSide(fen[fields[1]], ref position)
            ?? Refuse(position)
            ?? ReadCastling(fen[fields[2]], ref position)
            ?? ReadEnPassant(fen[fields[3]], ref position)
            ?? ReadCounters(count > 4 ? fen[fields[4]] : "0", count > 5 ? fen[fields[5]] : "1", ref position);
    }

    private static string? ReadBoard(ReadOnlySpan<char> board, ref Position position)
    {
        int file = 0, rank = 7;
        foreach (char letter in board)
        {
            if (letter == '/')
            {
                if (file != 8 || rank == 0)
                    return "the board must have eight ranks of eight squares";
                (file, rank) = (0, rank - 1);
            }
            else if (letter is >= '1' and <= '8')
            {
                file += letter - '0';
            }
            else if (PieceLetter.Read(char.ToUpperInvariant(letter)) is var piece && piece != Piece.None && file < 8)
            {
                position.Put(char.IsAsciiLetterUpper(letter) ? Side.White : Side.Black, piece, Square.At(file++, rank));
            }
            else
            {
                return $"the board has no place for '{letter}'";
            }
        }
        return file == 8 && rank == 0 ? null : "the board must have eight ranks of eight squares";
    }

    private static string? ReadSide(ReadOnlySpan<char> side, ref Position position)
    {
        position.SideToMove = side is "b" ? Side.Black : Side.White;
        return side is "w" or "b" ? null : $"the side to move is 'w' or 'b', not '{side}'";
    }

    private static string? Refuse(in Position position)
    {
        if (HasNotOneKing(position, Side.White) || HasNotOneKing(position, Side.Black))
            return "each side needs exactly one king";
        if ((position.ByPiece(Piece.Pawn) & LastRanks) != 0)
            return "a pawn stands on the first or last rank";
        if (HasTooMuch(position, Side.White) || HasTooMuch(position, Side.Black))
            return "a side has more pieces than a game can give it";
        Side waiting = position.SideToMove.Other();
        ulong attackers = position.AttackersOf(position.KingSquare(waiting), position.Occupied);
        return (attackers & position.BySide(position.SideToMove)) == 0 ? null : "the side to move could capture the king";
    }

    private static bool HasNotOneKing(in Position position, Side side) =>
        Count(position, side, Piece.King) != 1;

    /// <summary>
    /// Every piece beyond the first set costs a pawn. Without this bound a made-up board of queens has more moves
    /// than <see cref="MoveGenerator.MaxMoves"/>.
    /// </summary>
    private static bool HasTooMuch(in Position position, Side side)
    {
        int extra = Math.Max(0, Count(position, side, Piece.Knight) - 2)
            + Math.Max(0, Count(position, side, Piece.Bishop) - 2)
            + Math.Max(0, Count(position, side, Piece.Rook) - 2)
            + Math.Max(0, Count(position, side, Piece.Queen) - 1);
        return extra + Count(position, side, Piece.Pawn) > 8;
    }

    private static int Count(in Position position, Side side, Piece piece) =>
        BitOperations.PopCount(position.Of(side, piece));

    private static string? ReadCastling(ReadOnlySpan<char> rights, ref Position position)
    {
        if (rights is "-")
            return null;
        foreach (char letter in rights)
        {
            Castling? castling = letter switch
            {
                'K' => Castling.KingSide(Side.White),
                'Q' => Castling.QueenSide(Side.White),
                'k' => Castling.KingSide(Side.Black),
                'q' => Castling.QueenSide(Side.Black),
                _ => null,
            };
            if (castling is null)
                return $"castling rights are '-' or letters of 'KQkq' (Chess960 is not supported), not '{rights}'";
            if (AreAtHome(castling, char.IsAsciiLetterUpper(letter) ? Side.White : Side.Black, position))
                position.CastlingRights |= castling.Right;
        }
        return null;
    }

    private static bool AreAtHome(Castling castling, Side side, in Position position) =>
        (position.Of(side, Piece.King) & Square.Bit(castling.KingFrom)) != 0
        && (position.Of(side, Piece.Rook) & Square.Bit(castling.RookFrom)) != 0;

    private static string? ReadEnPassant(ReadOnlySpan<char> name, ref Position position)
    {
        if (name is "-")
            return null;
        if (!Square.TryParse(name, out int square))
            return $"the en passant square is '-' or a square, not '{name}'";
        if (HasJustBeenJumped(square, position))
            position.EnPassantSquare = square;
        return null;
    }

    private static bool HasJustBeenJumped(int square, in Position position)
    {
        Side jumper = position.SideToMove.Other();
        if (Square.Rank(square) != (jumper == Side.White ? 2 : 5))
            return false;
        int back = jumper == Side.White ? -8 : 8;
        ulong mustBeEmpty = Square.Bit(square) | Square.Bit(square + back);
        return (position.Occupied & mustBeEmpty) == 0
            && (position.Of(jumper, Piece.Pawn) & Square.Bit(square - back)) != 0;
    }

    private static string? ReadCounters(ReadOnlySpan<char> halfmoves, ReadOnlySpan<char> fullmoves, ref Position position)
    {
        if (!ushort.TryParse(halfmoves, out ushort half) || !ushort.TryParse(fullmoves, out ushort full))
            return "the move counters are not numbers";
        position.HalfmoveClock = half;
        // Some programs count from zero.
        position.FullmoveNumber = Math.Max((ushort)1, full);
        return null;
    }
}
