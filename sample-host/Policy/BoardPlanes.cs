using System.Buffers.Binary;
using System.Numerics;
using Rival.Chess;

namespace Rival.Policy;

/// <summary>
/// What the policy network sees of a position: <see cref="Count"/> sets of squares, from the mover's side (the board of
/// Black is turned upside down, so the mover's pawns always go up). Every plane is a fact of the rules, none is an opinion.
/// </summary>
public static class BoardPlanes
{
    /// <summary>Number of planes.</summary>
    public const int Count = 56;

    /// <summary>How many of the latest moves the planes show.</summary>
    public const int History = 4;

    private static ReadOnlySpan<int> MoveNumberSteps => [4, 7, 10, 14, 20, 30, 45];

    /// <summary>Computes the planes of a position.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="history">The moves that led to it, latest last; may be shorter than <see cref="History"/>.</param>
    /// <param name="legal">The legal moves.</param>
    /// <param name="planes">Receives one bitboard per plane, bit 0 = a1 as the mover sees it.</param>
    public static void Compute(in Position position, ReadOnlySpan<Move> history, ReadOnlySpan<Move> legal, Span<ulong> planes)
    {
        Side own = position.SideToMove;
        Side other = own.Other();
        var writer = new Writer(planes, flip: own == Side.Black);
        AddPieces(ref writer, position, own);
        AddPieces(ref writer, position, other);
        AddAttacks(ref writer, position, own);
        AddAttacks(ref writer, position, other);
        writer.Add(Pinned(position, own));
        writer.Add(Pinned(position, other));
        AddChecks(ref writer, position, other);
        AddLegal(ref writer, legal);
        writer.Add(position.EnPassantSquare < 0 ? 0 : Square.Bit(position.EnPassantSquare));
        writer.Add(CastlingRooks(position.CastlingRights));
        AddHistory(ref writer, history);
        writer.AddFlag(own == Side.White);
        writer.AddFlag(position.IsInCheck);
        foreach (int step in MoveNumberSteps)
            writer.AddFlag(position.FullmoveNumber >= step);
        writer.AddFlag(position.HalfmoveClock == 0);
        writer.AddFlag(position.HalfmoveClock >= 6);
    }

    /// <summary>Writes planes as the network's input, shape <c>(64, <see cref="Count"/>)</c>, zeros and ones.</summary>
    public static void Expand(ReadOnlySpan<ulong> planes, Span<byte> input)
    {
        input[..(64 * Count)].Clear();
        for (int plane = 0; plane < Count; plane++)
        {
            for (ulong rest = planes[plane]; rest != 0; rest &= rest - 1)
                input[BitOperations.TrailingZeroCount(rest) * Count + plane] = 1;
        }
    }

    private static void AddPieces(ref Writer writer, in Position position, Side side)
    {
        for (Piece piece = Piece.Pawn; piece <= Piece.King; piece++)
            writer.Add(position.Of(side, piece));
    }

    private static void AddAttacks(ref Writer writer, in Position position, Side side)
    {
        ulong once = 0, twice = 0;
        for (Piece piece = Piece.Pawn; piece <= Piece.King; piece++)
        {
            ulong byPiece = 0;
            for (ulong rest = position.Of(side, piece); rest != 0; rest &= rest - 1)
            {
                ulong attacked = Attacks.Of(side, piece, BitOperations.TrailingZeroCount(rest), position.Occupied);
                twice |= once & attacked;
                once |= attacked;
                byPiece |= attacked;
            }

            writer.Add(byPiece);
        }

        writer.Add(twice);
    }

    private static ulong Pinned(in Position position, Side side)
    {
        int king = position.KingSquare(side);
        Side enemy = side.Other();
        ulong straight = position.Of(enemy, Piece.Rook) | position.Of(enemy, Piece.Queen);
        ulong diagonal = position.Of(enemy, Piece.Bishop) | position.Of(enemy, Piece.Queen);
        ulong pinners = (Attacks.Rook(king, 0) & straight) | (Attacks.Bishop(king, 0) & diagonal);
        ulong pinned = 0;
        for (; pinners != 0; pinners &= pinners - 1)
        {
            ulong between = Attacks.Between(king, BitOperations.TrailingZeroCount(pinners)) & position.Occupied;
            if (BitOperations.PopCount(between) == 1)
                pinned |= between & position.BySide(side);
        }

        return pinned;
    }

    /// <summary>The pieces that give check, and the squares from which a pawn, knight, bishop or rook would give it.</summary>
    private static void AddChecks(ref Writer writer, in Position position, Side other)
    {
        int king = position.KingSquare(other);
        writer.Add(position.Checkers);
        writer.Add(Attacks.Pawn(other, king));
        writer.Add(Attacks.Knight(king));
        writer.Add(Attacks.Bishop(king, position.Occupied));
        writer.Add(Attacks.Rook(king, position.Occupied));
    }

    private static void AddLegal(ref Writer writer, ReadOnlySpan<Move> legal)
    {
        ulong from = 0, to = 0;
        foreach (Move move in legal)
        {
            from |= Square.Bit(move.From);
            to |= Square.Bit(move.To);
        }

        writer.Add(from);
        writer.Add(to);
    }

    private static ulong CastlingRooks(CastlingRights rights) =>
        ((rights & CastlingRights.WhiteKingSide) != 0 ? Square.Bit(7) : 0)
        | ((rights & CastlingRights.WhiteQueenSide) != 0 ? Square.Bit(0) : 0)
        | ((rights & CastlingRights.BlackKingSide) != 0 ? Square.Bit(63) : 0)
        | ((rights & CastlingRights.BlackQueenSide) != 0 ? Square.Bit(56) : 0);

    private static void AddHistory(ref Writer writer, ReadOnlySpan<Move> history)
    {
        for (int back = 1; back <= History; back++)
        {
            bool known = back <= history.Length;
            writer.Add(known ? Square.Bit(history[^back].From) : 0);
            writer.Add(known ? Square.Bit(history[^back].To) : 0);
        }
    }

    private ref struct Writer(Span<ulong> planes, bool flip)
    {
        private readonly Span<ulong> _planes = planes;
        private int _next;

        public void Add(ulong squares) => _planes[_next++] = flip ? BinaryPrimitives.ReverseEndianness(squares) : squares;

        public void AddFlag(bool value) => _planes[_next++] = value ? ulong.MaxValue : 0;
    }
}
