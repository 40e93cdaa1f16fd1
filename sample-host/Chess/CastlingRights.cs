namespace Rival.Chess;

/// <summary>The castlings whose king and rook have not moved yet.</summary>
[Flags]
public enum CastlingRights : byte
{
    /// <summary>Nobody may castle.</summary>
    None = 0,

    /// <summary>White may castle to g1.</summary>
    WhiteKingSide = 1,

    /// <summary>White may castle to c1.</summary>
    WhiteQueenSide = 2,

    /// <summary>Black may castle to g8.</summary>
    BlackKingSide = 4,

    /// <summary>Black may castle to c8.</summary>
    BlackQueenSide = 8,

    /// <summary>All four castlings.</summary>
    All = 15,
}
