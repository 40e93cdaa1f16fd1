using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rival.Chess;

/// <summary>
/// A chess position: bitboards by piece and by side, plus the state that FEN adds. It is a plain value of
/// 80 bytes; an assignment is a full copy, and nothing here allocates except the FEN text.
/// </summary>
public struct Position
{
    private static readonly Position s_start = FromFen(StartFen);

    private PieceBoards _pieces;
    private ulong _white;
    private ulong _black;
    private sbyte _enPassant;
    private ushort _halfmoves;
    private ushort _fullmoves;

    /// <summary>The FEN of the usual start.</summary>
    public const string StartFen = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1";

    /// <summary>A copy of the usual start.</summary>
    public static Position Start => s_start;

    /// <summary>Who moves next.</summary>
    public Side SideToMove { readonly get; internal set; }

    /// <summary>The castlings that are still possible in principle.</summary>
    public CastlingRights CastlingRights { readonly get; internal set; }

    /// <summary>
    /// The square a pawn has just jumped over, or <see cref="Square.None"/>. As in the FEN standard it is set after
    /// every double step, whether or not a pawn stands ready to capture.
    /// </summary>
    public int EnPassantSquare { readonly get => _enPassant; internal set => _enPassant = (sbyte)value; }

    /// <summary>Plies since the last capture or pawn move.</summary>
    public int HalfmoveClock { readonly get => _halfmoves; internal set => _halfmoves = (ushort)value; }

    /// <summary>The number of the current move, 1 at the start, up by one after each move of Black.</summary>
    public int FullmoveNumber { readonly get => _fullmoves; internal set => _fullmoves = (ushort)value; }

    /// <summary>All occupied squares.</summary>
    public readonly ulong Occupied => _white | _black;

    /// <summary>Whether the king of the side to move is attacked.</summary>
    public readonly bool IsInCheck => Checkers != 0;

    /// <summary>The enemy pieces that attack the king of the side to move.</summary>
    public readonly ulong Checkers =>
        AttackersOf(KingSquare(SideToMove), Occupied) & BySide(SideToMove.Other());

    /// <summary>Reads a FEN; move counters may be missing. See <see cref="TryFromFen"/> for what is accepted.</summary>
    /// <exception cref="FormatException">The text is not a FEN of a playable position; the message says why.</exception>
    public static Position FromFen(ReadOnlySpan<char> fen) =>
        TryFromFen(fen, out Position position, out string? problem)
            ? position
            : throw new FormatException($"'{fen}' is not a position: {problem}.");

    /// <summary>
    /// Reads a FEN. Castling rights without king and rook at home and an en passant square without its pawn are
    /// dropped; a side without exactly one king or with more pieces than promotions allow, pawns on a last rank, or a
    /// king that could be captured are refused.
    /// </summary>
    /// <param name="fen">The text: four fields, or six with the counters.</param>
    /// <param name="position">The position, when the answer is true.</param>
    /// <param name="problem">What is wrong, when the answer is false.</param>
    public static bool TryFromFen(ReadOnlySpan<char> fen, out Position position, out string? problem) =>
        FenReader.TryRead(fen, out position, out problem);

    /// <summary>The position as a FEN of six fields.</summary>
    public readonly string ToFen() => FenWriter.Write(this);

    /// <summary>The squares of all pieces of one kind, both sides together.</summary>
    public readonly ulong ByPiece(Piece piece) => _pieces[(int)piece];

    /// <summary>The squares of all pieces of one side.</summary>
    public readonly ulong BySide(Side side) => side == Side.White ? _white : _black;

    /// <summary>The squares of one side's pieces of one kind.</summary>
    public readonly ulong Of(Side side, Piece piece) => BySide(side) & _pieces[(int)piece];

    /// <summary>The square of a side's king.</summary>
    public readonly int KingSquare(Side side) => BitOperations.TrailingZeroCount(Of(side, Piece.King));

    /// <summary>What stands on <paramref name="square"/>, or <see cref="Piece.None"/>.</summary>
    public readonly Piece PieceAt(int square)
    {
        // At most one board has the bit, so the sum is that board's number. No branch to mispredict.
        int code = 0;
        for (int piece = (int)Piece.Pawn; piece <= (int)Piece.King; piece++)
            code += (int)(_pieces[piece] >> square & 1) * piece;
        return (Piece)code;
    }

    /// <summary>Whose piece stands on <paramref name="square"/>; null when it is empty.</summary>
    public readonly Side? SideAt(int square) =>
        (_white >> square & 1) != 0 ? Side.White : (_black >> square & 1) != 0 ? Side.Black : null;

    /// <summary>The pieces of both sides that attack <paramref name="square"/>.</summary>
    /// <param name="square">The attacked square, 0..63.</param>
    /// <param name="occupied">The squares that block sliding pieces; usually <see cref="Occupied"/>.</param>
    public readonly ulong AttackersOf(int square, ulong occupied) =>
        Attacks.Pawn(Side.Black, square) & Of(Side.White, Piece.Pawn)
        | Attacks.Pawn(Side.White, square) & Of(Side.Black, Piece.Pawn)
        | Attacks.Knight(square) & _pieces[(int)Piece.Knight]
        | Attacks.King(square) & _pieces[(int)Piece.King]
        | Attacks.Bishop(square, occupied) & (_pieces[(int)Piece.Bishop] | _pieces[(int)Piece.Queen])
        | Attacks.Rook(square, occupied) & (_pieces[(int)Piece.Rook] | _pieces[(int)Piece.Queen]);

    /// <summary>
    /// Plays <paramref name="move"/>, which must be legal here: nothing is checked, and an illegal move leaves a
    /// position that no game can reach.
    /// </summary>
    public void Play(Move move)
    {
        Side us = SideToMove;
        Piece piece = PieceAt(move.From);
        bool captures = Capture(move, piece);
        Relocate(us, piece, move.From, move.To);
        _enPassant = Square.None;
        if (piece == Piece.Pawn)
            FinishPawnMove(us, move);
        else if (piece == Piece.King && Math.Abs(move.To - move.From) == 2)
            MoveCastlingRook(us, move.To);
        if (CastlingRights != CastlingRights.None)
            CastlingRights &= ~(Castling.LostAt(move.From) | Castling.LostAt(move.To));
        _halfmoves = captures || piece == Piece.Pawn ? (ushort)0 : (ushort)(_halfmoves + 1);
        _fullmoves += (ushort)us;
        SideToMove = us.Other();
    }

    /// <summary>Whether <paramref name="move"/>, which follows its piece's way of moving, leaves the own king unattacked. Not for castling.</summary>
    internal readonly bool KeepsKingSafe(Move move)
    {
        ulong from = Square.Bit(move.From), to = Square.Bit(move.To);
        ulong captured = IsEnPassant(move) ? Square.Bit(move.To ^ 8) : to;
        ulong occupied = Occupied & ~from & ~captured | to;
        int king = KingSquare(SideToMove);
        if (king == move.From)
            king = move.To;
        return (AttackersOf(king, occupied) & BySide(SideToMove.Other()) & ~captured) == 0;
    }

    internal void Put(Side side, Piece piece, int square) => Toggle(side, piece, Square.Bit(square));

    private readonly bool IsEnPassant(Move move) =>
        move.To == _enPassant && (_pieces[(int)Piece.Pawn] >> move.From & 1) != 0;

    private bool Capture(Move move, Piece piece)
    {
        // The pawn that has just jumped stands one rank behind the square it jumped over: rank 3/4 and 6/5 differ in bit 3.
        int square = piece == Piece.Pawn && move.To == _enPassant ? move.To ^ 8 : move.To;
        Piece captured = PieceAt(square);
        if (captured == Piece.None)
            return false;
        Toggle(SideToMove.Other(), captured, Square.Bit(square));
        return true;
    }

    private void FinishPawnMove(Side us, Move move)
    {
        if (move.Promotion != Piece.None)
        {
            Toggle(us, Piece.Pawn, Square.Bit(move.To));
            Toggle(us, move.Promotion, Square.Bit(move.To));
        }
        else if ((move.From ^ move.To) == 16)
        {
            _enPassant = (sbyte)((move.From + move.To) / 2);
        }
    }

    private void MoveCastlingRook(Side us, int kingTo)
    {
        Castling castling = Castling.LandingOn(kingTo);
        Relocate(us, Piece.Rook, castling.RookFrom, castling.RookTo);
    }

    private void Relocate(Side side, Piece piece, int from, int to) =>
        Toggle(side, piece, Square.Bit(from) | Square.Bit(to));

    private void Toggle(Side side, Piece piece, ulong squares)
    {
        _pieces[(int)piece] ^= squares;
        if (side == Side.White)
            _white ^= squares;
        else
            _black ^= squares;
    }

    /// <summary>One board per <see cref="Piece"/>, the first unused.</summary>
    [InlineArray(7)]
    private struct PieceBoards
    {
        private ulong _first;
    }
}
