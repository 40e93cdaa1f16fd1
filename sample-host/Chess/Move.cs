namespace Rival.Chess;

/// <summary>
/// A move, packed in 16 bits: origin in bits 0-5, destination in bits 6-11, promotion in bits 12-14.
/// Castling is the king's own step of two files, and en passant the pawn's own diagonal step.
/// </summary>
/// <param name="Value">The packed form; <c>new Move(move.Value)</c> is the same move, so games can be kept as <c>ushort[]</c>.</param>
public readonly record struct Move(ushort Value)
{
    /// <summary>Packs a move.</summary>
    /// <param name="from">Origin square, 0..63.</param>
    /// <param name="to">Destination square, 0..63.</param>
    /// <param name="promotion">What a pawn becomes on the last rank; <see cref="Piece.None"/> for every other move.</param>
    public Move(int from, int to, Piece promotion = Piece.None)
        : this((ushort)(from | to << 6 | (int)promotion << 12))
    {
    }

    /// <summary>Origin square, 0..63.</summary>
    public int From => Value & 63;

    /// <summary>Destination square, 0..63.</summary>
    public int To => Value >> 6 & 63;

    /// <summary>What the pawn becomes, or <see cref="Piece.None"/>.</summary>
    public Piece Promotion => (Piece)(Value >> 12 & 7);

    /// <summary>The move in the notation of the UCI protocol, such as <c>e2e4</c> or <c>e7e8q</c>.</summary>
    public override string ToString()
    {
        string squares = Square.Name(From) + Square.Name(To);
        return Promotion == Piece.None ? squares : squares + char.ToLowerInvariant(PieceLetter.Of(Promotion));
    }
}
