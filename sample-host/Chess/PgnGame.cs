using System.Collections.Immutable;

namespace Rival.Chess;

/// <summary>One game: its tags and its main line, every move checked to be legal.</summary>
public sealed class PgnGame
{
    internal PgnGame(PgnTags tags, string result, ImmutableArray<Move> moves, string? startFen, int line)
    {
        Tags = tags;
        Result = result;
        Moves = moves;
        StartFen = startFen;
        Line = line;
    }

    /// <summary>The tags, by case-insensitive name.</summary>
    public PgnTags Tags { get; }

    /// <summary>The White tag as written, or the empty string.</summary>
    public string White => Tags.Or("White", "");

    /// <summary>The Black tag as written, or the empty string.</summary>
    public string Black => Tags.Or("Black", "");

    /// <summary>The Date tag as written, such as <c>1968.??.??</c>, or the empty string. See <see cref="PgnDate"/>.</summary>
    public string Date => Tags.Or("Date", "");

    /// <summary>
    /// <c>1-0</c>, <c>0-1</c>, <c>1/2-1/2</c> or <c>*</c>: what ends the moves, or the Result tag when the moves
    /// end without a result or with <c>*</c>.
    /// </summary>
    public string Result { get; }

    /// <summary>The FEN the game starts from, as written; null for the usual start.</summary>
    public string? StartFen { get; }

    /// <summary>The moves of both sides in order, at least one. Castling is the king's step of two files.</summary>
    public ImmutableArray<Move> Moves { get; }

    /// <summary>The line of its source the game begins on, 1-based.</summary>
    public int Line { get; }

    /// <summary>The position before the first move.</summary>
    public Position StartPosition => StartFen is null ? Position.Start : Position.FromFen(StartFen);
}
