namespace Rival.Chess;

/// <summary>
/// Splits a PGN text into tags, moves and results; comments, variations, annotation glyphs, escape lines and move
/// numbers are passed over. The syntax is that of the PGN standard, sections 5 to 8, read leniently.
/// </summary>
internal sealed class PgnScanner
{
    /// <summary>The most text one game may have, in bytes.</summary>
    internal const int LongestGame = 1 << 20;

    // Old programs pad a file with zeros or close it with Ctrl-Z; neither spoils a game.
    private const int Padding = 0x00;
    private const int DosEnd = 0x1A;

    private readonly PgnCursor _cursor;
    private readonly PgnTagScanner _tags;
    private readonly PgnWordScanner _words;
    private long _limit = LongestGame;

    internal PgnScanner(PgnCursor cursor)
    {
        _cursor = cursor;
        _tags = new PgnTagScanner(cursor);
        _words = new PgnWordScanner(cursor);
    }

    /// <summary>The move or result last found.</summary>
    internal ReadOnlySpan<char> Word => _words.Word;

    /// <summary>The tag last found.</summary>
    internal KeyValuePair<string, string> Tag => _tags.Tag;

    /// <summary>What is wrong, after <see cref="PgnToken.Problem"/>.</summary>
    internal string Problem { get; private set; } = "";

    private bool IsOverLimit => _cursor.Consumed > _limit;

    /// <summary>Starts to count the text of a new game.</summary>
    internal void BeginGame() => _limit = _cursor.Consumed + LongestGame;

    /// <summary>Passes over everything up to the next tag, whatever it is.</summary>
    internal void SkipToTag()
    {
        while (_cursor.Peek() != PgnCursor.End && !_tags.IsAtTag())
            _cursor.Next();
    }

    internal PgnToken Next()
    {
        while (!IsOverLimit)
        {
            int next = _cursor.Peek();
            PgnToken? token = next switch
            {
                PgnCursor.End => PgnToken.End,
                ' ' or '\n' or '\r' or '\t' or '\v' or '\f' or '.' or ')' or '}' => Pass(),
                Padding or DosEnd => Pass(),
                '%' when _cursor.IsAtLineStart => PassLine(),
                ';' => PassLine(),
                '{' => PassComment(),
                '(' => PassVariation(),
                '$' => PassGlyph(),
                '[' => ReadTag(),
                0xEF when IsAtByteOrderMark() => PassByteOrderMark(),
                _ => ReadWord(),
            };
            if (token is { } found)
                return found;
        }
        return Fail("the game has more than 1 MB of text");
    }

    private PgnToken? Pass()
    {
        _cursor.Next();
        return null;
    }

    private PgnToken? PassLine()
    {
        _cursor.SkipLine();
        return null;
    }

    /// <summary>
    /// A comment that a line <c>[Event "</c> interrupts was never closed; without this stop, one missing brace would
    /// swallow the games behind it.
    /// </summary>
    private PgnToken? PassComment()
    {
        int opened = _cursor.Line;
        while (_cursor.Peek() is not ('}' or PgnCursor.End) && !IsOverLimit)
        {
            if (_cursor.IsAtLineStart && _tags.IsAtTag("Event"))
                return Fail($"the comment of line {opened} is never closed");
            _cursor.Next();
        }
        _cursor.Next();
        return null;
    }

    private PgnToken? PassVariation()
    {
        int opened = _cursor.Line;
        int depth = 0;
        do
        {
            PgnToken? problem = null;
            switch (_cursor.Peek())
            {
                case PgnCursor.End:
                    return null;
                case '{':
                    problem = PassComment();
                    break;
                case ';':
                    _cursor.SkipLine();
                    break;
                case '[' when _tags.IsAtTag():
                    return Fail($"the variation of line {opened} is never closed");
                case '(':
                    depth++;
                    _cursor.Next();
                    break;
                case ')':
                    depth--;
                    _cursor.Next();
                    break;
                default:
                    _cursor.Next();
                    break;
            }
            if (problem is not null)
                return problem;
        }
        while (depth > 0 && !IsOverLimit);
        return null;
    }

    private PgnToken? PassGlyph()
    {
        _cursor.Next();
        while (_cursor.Peek() is >= '0' and <= '9')
            _cursor.Next();
        return null;
    }

    /// <summary>Files that were joined carry byte order marks in their middle.</summary>
    private bool IsAtByteOrderMark() => _cursor.Peek(1) == 0xBB && _cursor.Peek(2) == 0xBF;

    private PgnToken? PassByteOrderMark()
    {
        Pass();
        Pass();
        return Pass();
    }

    private PgnToken? ReadTag()
    {
        if (_tags.IsAtTag())
            return _tags.TryRead() ? PgnToken.Tag : Fail("a tag value has more than 64 KB");
        // A tag line without a value tells nothing; a bracket among moves hides what they are.
        return _cursor.IsAtLineStart ? PassLine() : Fail("'[' among the moves");
    }

    private PgnToken? ReadWord()
    {
        if (!PgnWordScanner.IsWord(_cursor.Peek()))
            return Fail($"unreadable byte 0x{_cursor.Next():X2}");
        if (!_words.TryRead())
            return Fail($"a word of more than {PgnWordScanner.LongestWord} characters");
        return _words.Kind;
    }

    private PgnToken Fail(string problem)
    {
        Problem = problem;
        return PgnToken.Problem;
    }
}
