using System.Runtime.InteropServices;
using Rival.Chess;

namespace Rival.Play;

/// <summary>How a game ended.</summary>
public enum GameEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The side to move is mated.</summary>
    Checkmate,

    /// <summary>The side to move has no move and is not in check.</summary>
    Stalemate,

    /// <summary>A side gave up.</summary>
    Resigned,

    /// <summary>The same position for the third time (FIDE Laws 9.2; taken at once, nobody has to claim it).</summary>
    Threefold,

    /// <summary>Fifty moves of each side without a capture or a pawn move (FIDE Laws 9.3; taken at once).</summary>
    Fifty,

    /// <summary>Neither side has the material to mate (FIDE Laws 5.2.2).</summary>
    Material,
}

/// <summary>One game of chess from its start to its result.</summary>
public sealed class RivalGame
{
    private readonly List<Move> _moves = [];
    private readonly List<string> _san = [];
    private readonly Dictionary<string, int> _seen = [];
    private readonly Move[] _legal = new Move[MoveGenerator.MaxMoves];
    private Position _position;
    private int _legalCount;

    /// <summary>Sets the board up.</summary>
    /// <param name="start">The position to start from.</param>
    public RivalGame(in Position start)
    {
        _position = start;
        Arrive();
    }

    /// <summary>The position on the board.</summary>
    public Position Position => _position;

    /// <summary>The moves so far, latest last.</summary>
    public ReadOnlySpan<Move> Moves => CollectionsMarshal.AsSpan(_moves);

    /// <summary>The moves so far in algebraic notation.</summary>
    public IReadOnlyList<string> San => _san;

    /// <summary>The legal moves of the side to move; none when the game is over.</summary>
    public ReadOnlySpan<Move> Legal => IsOver ? [] : _legal.AsSpan(0, _legalCount);

    /// <summary>Whether and how the game ended.</summary>
    public GameEnd End { get; private set; }

    /// <summary>Whether the game has ended.</summary>
    public bool IsOver => End != GameEnd.None;

    /// <summary>Who won; null while nobody has, and in a draw.</summary>
    public Side? Winner { get; private set; }

    /// <summary><c>1-0</c>, <c>0-1</c> or <c>1/2-1/2</c>; null while the game goes on.</summary>
    public string? Result => !IsOver ? null : Winner is not { } winner ? "1/2-1/2" : winner == Side.White ? "1-0" : "0-1";

    /// <summary>Plays a move if it is legal.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryPlay(Move move)
    {
        if (!Legal.Contains(move))
            return false;
        _san.Add(Chess.San.Format(_position, move));
        _moves.Add(move);
        _position.Play(move);
        Arrive();
        return true;
    }

    /// <summary>A side gives the game up. Does nothing when it is over.</summary>
    public void Resign(Side side)
    {
        if (!IsOver)
            (End, Winner) = (GameEnd.Resigned, side.Other());
    }

    private void Arrive()
    {
        _legalCount = MoveGenerator.LegalMoves(_position, _legal);
        string key = RepetitionKey();
        int times = _seen[key] = _seen.GetValueOrDefault(key) + 1;
        End = _legalCount == 0 ? _position.IsInCheck ? GameEnd.Checkmate : GameEnd.Stalemate
            : Material.IsDead(_position) ? GameEnd.Material
            : times >= 3 ? GameEnd.Threefold
            : _position.HalfmoveClock >= 100 ? GameEnd.Fifty
            : GameEnd.None;
        if (End == GameEnd.Checkmate)
            Winner = _position.SideToMove.Other();
    }

    /// <summary>Two positions are the same when the same moves are possible: an en passant square counts only if it can be used.</summary>
    private string RepetitionKey()
    {
        string[] fields = _position.ToFen().Split(' ');
        return string.Join(' ', fields[0], fields[1], fields[2], CanCaptureEnPassant() ? fields[3] : "-");
    }

    private bool CanCaptureEnPassant()
    {
        int square = _position.EnPassantSquare;
        foreach (Move move in _legal.AsSpan(0, square == Square.None ? 0 : _legalCount))
        {
            if (move.To == square && _position.PieceAt(move.From) == Piece.Pawn)
                return true;
        }

        return false;
    }
}
