using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rival.Chess;

/// <summary>The game that is being read: its tags so far, its moves so far, and the position they lead to.</summary>
internal sealed class PgnDraft
{
    /// <summary>The most plies one game may have; the longest game ever played in a tournament has 538.</summary>
    internal const int MostPlies = 1000;

    private readonly List<KeyValuePair<string, string>> _tags = [];
    private readonly Move[] _moves = new Move[MostPlies];
    private Position _position;
    private string? _startFen;
    private int _plies;
    private int _line;

    internal bool HasMoves => _plies > 0;

    internal bool IsBlank => _plies == 0 && _tags.Count == 0;

    internal void Clear()
    {
        _tags.Clear();
        _plies = 0;
    }

    internal bool HasTag(string name) => Find(name) is not null;

    internal void AddTag(KeyValuePair<string, string> tag, int line)
    {
        if (IsBlank)
            _line = line;
        _tags.Add(tag);
    }

    /// <summary>Plays the next move; the answer says what is wrong, or is null.</summary>
    internal string? Play(ReadOnlySpan<char> san, int line)
    {
        if (IsBlank)
            _line = line;
        if (_plies == 0 && SetUp() is { } problem)
            return problem;
        if (_plies == MostPlies)
            return $"the game has more than {MostPlies} plies";
        if (!San.TryParse(_position, san, out Move move))
            return $"'{san}' is no legal move at ply {_plies + 1}";
        _position.Play(move);
        _moves[_plies++] = move;
        return null;
    }

    internal PgnGame Finish(string? result)
    {
        ImmutableArray<Move> moves = ImmutableCollectionsMarshal.AsImmutableArray(_moves.AsSpan(0, _plies).ToArray());
        return new PgnGame(new PgnTags([.. _tags]), ResultOf(result), moves, _startFen, _line);
    }

    private string? SetUp()
    {
        _startFen = null;
        _position = Position.Start;
        if (Find("Variant") is { } variant && !IsOrthodox(variant))
            return $"the variant '{variant}' is not supported";
        if (Find("FEN") is not { Length: > 0 } fen || fen == Position.StartFen || Find("SetUp") == "0")
            return null;
        _startFen = fen;
        return Position.TryFromFen(fen, out _position, out string? problem) ? null : $"the FEN tag: {problem}";
    }

    private static bool IsOrthodox(string variant) => variant.ToLowerInvariant() is
        "" or "?" or "standard" or "normal" or "chess" or "orthodox" or "from position" or "fromposition";

    private string? Find(string name)
    {
        foreach (KeyValuePair<string, string> tag in _tags)
            if (string.Equals(tag.Key, name, StringComparison.OrdinalIgnoreCase))
                return tag.Value;
        return null;
    }

    private string ResultOf(string? written)
    {
        if (written is "1/2")
            return "1/2-1/2";
        if (written is "1-0" or "0-1" or "1/2-1/2")
            return written;
        return Find("Result") is "1-0" or "0-1" or "1/2-1/2" ? Find("Result")! : "*";
    }
}
