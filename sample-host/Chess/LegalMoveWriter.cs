using System.Numerics;

namespace Rival.Chess;

/// <summary>
/// Writes the legal moves of one position. Checks and pins are found once and become masks, so that no move has to
/// be played and taken back; only en passant, which empties two squares of a line at once, is tested on its own.
/// </summary>
internal ref struct LegalMoveWriter
{
    private const ulong FileA = 0x0101010101010101;
    private const ulong FileH = FileA << 7;
    private const ulong LastRanks = 0xFF000000_000000FF;
    private const ulong ThirdRank = 0xFF0000;
    private const ulong SixthRank = 0xFF0000000000;

    private readonly ref readonly Position _position;
    private readonly Span<Move> _destination;
    private readonly Side _us;
    private readonly ulong _own;
    private readonly ulong _enemy;
    private readonly ulong _occupied;
    private readonly int _king;
    private readonly ulong _checkers;
    private readonly ulong _pinned;
    private readonly ulong _targets;

    internal LegalMoveWriter(ref readonly Position position, Span<Move> destination)
    {
        _position = ref position;
        _destination = destination;
        _us = position.SideToMove;
        _own = position.BySide(_us);
        _enemy = position.BySide(_us.Other());
        _occupied = _own | _enemy;
        _king = position.KingSquare(_us);
        _checkers = position.Checkers;
        _pinned = FindPinned();
        // In check, a piece other than the king must capture the checker or step between.
        _targets = _checkers == 0 ? ~_own : _checkers | Attacks.Between(_king, BitOperations.TrailingZeroCount(_checkers));
    }

    internal int Count { get; private set; }

    internal readonly bool IsDoubleCheck => BitOperations.PopCount(_checkers) > 1;

    internal void AddKingSteps()
    {
        // The king must not shield a square behind itself.
        ulong withoutKing = _occupied & ~Square.Bit(_king);
        for (ulong steps = Attacks.King(_king) & ~_own; steps != 0; steps &= steps - 1)
        {
            int to = BitOperations.TrailingZeroCount(steps);
            if ((_position.AttackersOf(to, withoutKing) & _enemy) == 0)
                Add(_king, to);
        }
    }

    internal void AddPieces(Piece piece)
    {
        for (ulong left = _position.Of(_us, piece); left != 0; left &= left - 1)
        {
            int from = BitOperations.TrailingZeroCount(left);
            ulong to = Attacks.Of(_us, piece, from, _occupied) & _targets & PinLine(from);
            for (; to != 0; to &= to - 1)
                Add(from, BitOperations.TrailingZeroCount(to));
        }
    }

    internal void AddPawnPushes()
    {
        ulong single = Forward(_position.Of(_us, Piece.Pawn)) & ~_occupied;
        ulong twice = Forward(single & (_us == Side.White ? ThirdRank : SixthRank)) & ~_occupied;
        int step = _us == Side.White ? 8 : -8;
        AddPawns(single, step);
        AddPawns(twice, 2 * step);
    }

    internal void AddPawnCaptures()
    {
        ulong pawns = _position.Of(_us, Piece.Pawn);
        ulong toA = Forward(pawns & ~FileA) >> 1, toH = Forward(pawns & ~FileH) << 1;
        int step = _us == Side.White ? 8 : -8;
        AddPawns(toA & _enemy, step - 1);
        AddPawns(toH & _enemy, step + 1);
    }

    internal void AddEnPassant()
    {
        int to = _position.EnPassantSquare;
        if (to == Square.None)
            return;
        for (ulong pawns = Attacks.Pawn(_us.Other(), to) & _position.Of(_us, Piece.Pawn); pawns != 0; pawns &= pawns - 1)
        {
            int from = BitOperations.TrailingZeroCount(pawns);
            if (_position.KeepsKingSafe(new Move(from, to)))
                Add(from, to);
        }
    }

    internal void AddCastling()
    {
        if (_checkers != 0 || _position.CastlingRights == CastlingRights.None)
            return;
        if (Castling.KingSide(_us).IsLegal(_position))
            Add(Castling.KingSide(_us).Move);
        if (Castling.QueenSide(_us).IsLegal(_position))
            Add(Castling.QueenSide(_us).Move);
    }

    private readonly ulong FindPinned()
    {
        ulong queens = _position.ByPiece(Piece.Queen), pinned = 0;
        ulong snipers = _enemy
            & (Attacks.Rook(_king, _enemy) & (_position.ByPiece(Piece.Rook) | queens)
                | Attacks.Bishop(_king, _enemy) & (_position.ByPiece(Piece.Bishop) | queens));
        for (; snipers != 0; snipers &= snipers - 1)
        {
            ulong shields = Attacks.Between(_king, BitOperations.TrailingZeroCount(snipers)) & _own;
            if (BitOperations.IsPow2(shields))
                pinned |= shields;
        }
        return pinned;
    }

    /// <summary>The squares a piece on <paramref name="from"/> may use: all of them, or its pin's line.</summary>
    private readonly ulong PinLine(int from) =>
        (_pinned & Square.Bit(from)) == 0 ? ulong.MaxValue : Attacks.Line(_king, from);

    private readonly ulong Forward(ulong pawns) => _us == Side.White ? pawns << 8 : pawns >> 8;

    private void AddPawns(ulong destinations, int step)
    {
        for (destinations &= _targets; destinations != 0; destinations &= destinations - 1)
        {
            int to = BitOperations.TrailingZeroCount(destinations);
            int from = to - step;
            ulong bit = Square.Bit(to);
            if ((PinLine(from) & bit) == 0)
                continue;
            if ((bit & LastRanks) != 0)
                AddPromotions(from, to);
            else
                Add(from, to);
        }
    }

    private void AddPromotions(int from, int to)
    {
        for (Piece piece = Piece.Queen; piece >= Piece.Knight; piece--)
            Add(new Move(from, to, piece));
    }

    private void Add(int from, int to) => Add(new Move(from, to));

    private void Add(Move move) => _destination[Count++] = move;
}
