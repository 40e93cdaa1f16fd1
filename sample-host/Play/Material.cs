using System.Numerics;
using Rival.Chess;

namespace Rival.Play;

/// <summary>What the pieces on a board are worth.</summary>
public static class Material
{
    private const ulong DarkSquares = 0xAA55AA55AA55AA55;

    private static ReadOnlySpan<int> Values => [0, 100, 320, 330, 500, 900, 0];

    /// <summary>The usual value of a piece, in hundredths of a pawn; 0 for a king.</summary>
    public static int ValueOf(Piece piece) => Values[(int)piece];

    /// <summary>The material of the side to move less that of the other, in hundredths of a pawn.</summary>
    public static int Balance(in Position position)
    {
        Side own = position.SideToMove;
        int balance = 0;
        for (Piece piece = Piece.Pawn; piece < Piece.King; piece++)
            balance += Values[(int)piece] * (BitOperations.PopCount(position.Of(own, piece)) - BitOperations.PopCount(position.Of(own.Other(), piece)));
        return balance;
    }

    /// <summary>Whether no series of legal moves can mate, as far as material tells: bare kings, one minor piece, or bishops on one colour alone.</summary>
    public static bool IsDead(in Position position)
    {
        if ((position.ByPiece(Piece.Pawn) | position.ByPiece(Piece.Rook) | position.ByPiece(Piece.Queen)) != 0)
            return false;
        ulong knights = position.ByPiece(Piece.Knight), bishops = position.ByPiece(Piece.Bishop);
        if (BitOperations.PopCount(knights | bishops) <= 1)
            return true;
        return knights == 0 && ((bishops & DarkSquares) == 0 || (bishops & ~DarkSquares) == 0);
    }
}
