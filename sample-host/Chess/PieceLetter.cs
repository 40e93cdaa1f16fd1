namespace Rival.Chess;

/// <summary>The English letters that FEN and SAN use for pieces.</summary>
internal static class PieceLetter
{
    /// <summary>The upper-case letter of <paramref name="piece"/>.</summary>
    internal static char Of(Piece piece) => " PNBRQK"[(int)piece];

    /// <summary>The piece that the upper-case <paramref name="letter"/> names, or <see cref="Piece.None"/>.</summary>
    internal static Piece Read(char letter) => letter switch
    {
        'P' => Piece.Pawn,
        'N' => Piece.Knight,
        'B' => Piece.Bishop,
        'R' => Piece.Rook,
        'Q' => Piece.Queen,
        'K' => Piece.King,
        _ => Piece.None,
    };
}
