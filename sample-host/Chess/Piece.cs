namespace Rival.Chess;

/// <summary>A kind of chess piece, without its side.</summary>
public enum Piece : byte
{
    /// <summary>No piece: an empty square, or a move that does not promote.</summary>
    None,

    /// <summary>A pawn.</summary>
    Pawn,

    /// <summary>A knight.</summary>
    Knight,

    /// <summary>A bishop.</summary>
    Bishop,

    /// <summary>A rook.</summary>
    Rook,

    /// <summary>A queen.</summary>
    Queen,

    /// <summary>A king.</summary>
    King,
}
