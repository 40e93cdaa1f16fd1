namespace Rival.Chess;

/// <summary>What a <see cref="PgnScanner"/> finds next.</summary>
internal enum PgnToken
{
    /// <summary>The text has ended.</summary>
    End,

    /// <summary>A tag pair.</summary>
    Tag,

    /// <summary>A word that should be a move.</summary>
    Move,

    /// <summary>A game result.</summary>
    Result,

    /// <summary>Something that no PGN contains.</summary>
    Problem,
}
