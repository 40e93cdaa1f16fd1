namespace Rival.Chess;

/// <summary>Reads the words of a move text and tells moves from results, move numbers and detached marks.</summary>
internal sealed class PgnWordScanner(PgnCursor cursor)
{
    /// <summary>Longer words are garbage: the longest move, <c>Qa1xb2+ e.p.</c> or so, has a third of this.</summary>
    internal const int LongestWord = 32;

    private readonly char[] _word = new char[LongestWord];
    private int _length;

    /// <summary>The word last read.</summary>
    internal ReadOnlySpan<char> Word => _word.AsSpan(0, _length);

    /// <summary>What the word is; null when it is none of a game's business.</summary>
    internal PgnToken? Kind => Word switch
    {
        "*" or "1-0" or "0-1" or "1/2-1/2" or "1/2" => PgnToken.Result,
        "e.p." or "ep" or "ep." => null,
        "--" => PgnToken.Move,
        _ => IsNumber() || IsDetachedMark() ? null : PgnToken.Move,
    };

    internal static bool IsWord(int value) =>
        value is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9'
            or '*' or '+' or '-' or '=' or '#' or '!' or '?' or '/' or ':' or '@' or '_';

    /// <summary>Reads the word that begins here; false when it is too long.</summary>
    internal bool TryRead()
    {
        _length = 0;
        // "1.e4" is a number and a move, "e.p." is one word.
        bool takesDots = cursor.Peek() is not (>= '0' and <= '9');
        while (IsWord(cursor.Peek()) || takesDots && cursor.Peek() == '.' || IsAtBracketedPromotion())
        {
            if (!TryAppend())
                return false;
        }
        return true;
    }

    /// <summary>Appends one character, or the three of a promotion in brackets.</summary>
    private bool TryAppend()
    {
        for (int left = cursor.Peek() == '(' ? 3 : 1; left > 0; left--)
        {
            if (_length == LongestWord)
                return false;
            _word[_length++] = (char)cursor.Next();
        }
        return true;
    }

    private bool IsAtBracketedPromotion() =>
        cursor.Peek() == '(' && cursor.Peek(1) is 'Q' or 'R' or 'B' or 'N' && cursor.Peek(2) == ')';

    private bool IsNumber() => !Word.ContainsAnyExceptInRange('0', '9');

    /// <summary>"!?", or an evaluation such as "+-" that stands apart from its move.</summary>
    private bool IsDetachedMark() => !Word.ContainsAnyExcept("!?+-=/#.");
}
