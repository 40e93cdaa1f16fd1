namespace Rival.Chess;

/// <summary>
/// Reads the games of a PGN text, plain or gzip, one at a time. Real files are broken in many ways, so a game that
/// cannot be read, or that contains an illegal move, is left out as a whole and counted, and reading goes on at the
/// next tag. Left out are also games without moves, of more than 1 MB or 1000 plies, of another variant, and with
/// null moves or Chess960 castling. A game whose end is missing counts with the moves it has, unless the text is gzip data
/// that breaks off or is damaged: then the game that it happens in is left out and counted too, since its last moves are
/// not certain.
/// </summary>
public sealed class PgnReader : IDisposable
{
    /// <summary>How many skips <see cref="FirstSkips"/> keeps.</summary>
    public const int MostSkipsKept = 20;

    private readonly Stream _stream;
    private readonly PgnCursor _cursor;
    private readonly PgnScanner _scanner;
    private readonly PgnDraft _draft = new();
    private readonly List<PgnSkip> _firstSkips = [];
    private bool _isDone;

    /// <summary>Reads from <paramref name="stream"/>, which the reader disposes with itself.</summary>
    /// <param name="stream">PGN text, or gzip of it; told apart by the first two bytes. It need not seek.</param>
    /// <param name="mostBytes">The most bytes of text, unpacked; beyond them reading fails with <see cref="PgnException"/>. Default: no limit.</param>
    public PgnReader(Stream stream, long mostBytes = long.MaxValue)
    {
        _stream = new LimitedText(GzipDetection.Unpack(stream), mostBytes);
        _cursor = new PgnCursor(_stream);
        _scanner = new PgnScanner(_cursor);
    }

    /// <summary>How many games have been returned so far.</summary>
    public int GamesRead { get; private set; }

    /// <summary>How many games have been left out so far.</summary>
    public int GamesSkipped { get; private set; }

    /// <summary>The first games left out and why, at most <see cref="MostSkipsKept"/>.</summary>
    public IReadOnlyList<PgnSkip> FirstSkips => _firstSkips;

    /// <summary>Where and why reading ended before the end of damaged gzip data; null when it has not.</summary>
    public PgnSkip? Damage { get; private set; }

    /// <summary>The games that are left, read as they are asked for.</summary>
    public IEnumerable<PgnGame> ReadGames()
    {
        while (ReadGame() is { } game)
            yield return game;
    }

    /// <summary>The next readable game, or null at the end.</summary>
    /// <exception cref="IOException">The stream cannot be read. Damaged gzip data is no error: it ends the text, and <see cref="Damage"/> tells.</exception>
    public PgnGame? ReadGame()
    {
        PgnGame? game = null;
        while (game is null && !_isDone)
        {
            game = _scanner.Next() switch
            {
                PgnToken.Tag => AddTag(),
                PgnToken.Move => Play(),
                PgnToken.Result => Finish(_scanner.Word.ToString()),
                PgnToken.End => Close(),
                _ => Abandon(_scanner.Problem),
            };
        }
        return game;
    }

    /// <summary>Disposes the stream.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>A tag behind moves, or a second Event, begins the next game even where result and blank line are missing.</summary>
    private PgnGame? AddTag()
    {
        KeyValuePair<string, string> tag = _scanner.Tag;
        bool begins = _draft.HasMoves || IsEvent(tag.Key) && _draft.HasTag(tag.Key);
        PgnGame? finished = begins ? Finish(null) : null;
        _draft.AddTag(tag, _cursor.Line);
        return finished;
    }

    private static bool IsEvent(string name) => name.Equals("Event", StringComparison.OrdinalIgnoreCase);

    private PgnGame? Play() =>
        _draft.Play(_scanner.Word, _cursor.Line) is { } problem ? Abandon(problem) : null;

    private PgnGame? Finish(string? result)
    {
        PgnGame? game = null;
        if (_draft.HasMoves)
        {
            game = _draft.Finish(result);
            GamesRead++;
        }
        else if (!_draft.IsBlank)
        {
            CountSkip(new PgnSkip(_cursor.Line, "the game has no moves"));
        }
        BeginGame();
        return game;
    }

    private PgnGame? Close()
    {
        if (IsBrokenOff)
            return Abandon("");
        _isDone = true;
        return Finish(null);
    }

    /// <summary>The cursor meets damage while it looks ahead; what counts is that nothing is left in front of it.</summary>
    private bool IsBrokenOff => _cursor.Damage is not null && _cursor.Peek() == PgnCursor.End;

    /// <summary>Gives the current game up and goes to the next tag. Half a move in front of damage looks illegal: it is the damage that counts.</summary>
    private PgnGame? Abandon(string reason)
    {
        var skip = new PgnSkip(_cursor.Line, reason);
        _scanner.SkipToTag();
        if (IsBrokenOff)
        {
            _isDone = true;
            Damage = skip = skip with { Reason = $"the compressed data is damaged from here on ({_cursor.Damage!.Message})" };
        }

        CountSkip(skip);
        BeginGame();
        return null;
    }

    private void BeginGame()
    {
        _draft.Clear();
        _scanner.BeginGame();
    }

    private void CountSkip(PgnSkip skip)
    {
        GamesSkipped++;
        if (_firstSkips.Count < MostSkipsKept)
            _firstSkips.Add(skip);
    }
}
