namespace Rival.Tests.Chess;

/// <summary>
/// A second, deliberately naive implementation of the rules: letters on 64 squares, every move tried and taken back.
/// It shares no code with Rival.Chess, so that both have to be wrong in the same way for a test to miss it.
/// </summary>
internal sealed class ReferenceBoard
{
    private static readonly (int File, int Rank)[] s_straight = [(1, 0), (-1, 0), (0, 1), (0, -1)];
    private static readonly (int File, int Rank)[] s_diagonal = [(1, 1), (-1, 1), (1, -1), (-1, -1)];
    private static readonly (int File, int Rank)[] s_leaps = [(1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)];

    private readonly char[] _squares = new char[64];
    private bool _isWhite;
    private string _castling = "";
    private int _jumped = -1;

    internal static ReferenceBoard Read(string fen)
    {
        string[] fields = fen.Split(' ');
        var board = new ReferenceBoard { _isWhite = fields[1] == "w", _castling = fields[2], _jumped = IndexOf(fields[3]) };
        int at = 0;
        foreach (char letter in fields[0].Replace("/", ""))
            for (int n = char.IsDigit(letter) ? letter - '0' : 1; n > 0; n--, at++)
                board._squares[(7 - at / 8) * 8 + at % 8] = char.IsDigit(letter) ? ' ' : letter;
        return board;
    }

    internal char At(int square) => _squares[square];

    /// <summary>The legal moves in UCI notation, each with the board after it.</summary>
    internal Dictionary<string, ReferenceBoard> LegalMoves()
    {
        var legal = new Dictionary<string, ReferenceBoard>();
        for (int from = 0; from < 64; from++)
            if (_squares[from] != ' ' && char.IsUpper(_squares[from]) == _isWhite)
                foreach (string move in MovesFrom(from))
                    if (After(move) is var next && !next.CanCaptureKing())
                        legal.Add(move, next);
        return legal;
    }

    internal bool IsInCheck()
    {
        ReferenceBoard passed = Copy();
        passed._isWhite = !_isWhite;
        return passed.CanCaptureKing();
    }

    /// <summary>The first four fields of the FEN.</summary>
    internal string Describe()
    {
        var ranks = Enumerable.Range(0, 8).Select(rank => new string(_squares, (7 - rank) * 8, 8));
        string board = string.Join('/', ranks);
        for (int n = 8; n > 0; n--)
            board = board.Replace(new string(' ', n), n.ToString());
        string jumped = _jumped < 0 ? "-" : Name(_jumped);
        return $"{board} {(_isWhite ? 'w' : 'b')} {(_castling == "" ? "-" : _castling)} {jumped}";
    }

    private static int IndexOf(string name) => name == "-" ? -1 : name[0] - 'a' + 8 * (name[1] - '1');

    private static string Name(int square) => $"{(char)('a' + square % 8)}{square / 8 + 1}";

    private ReferenceBoard Copy()
    {
        var copy = new ReferenceBoard { _isWhite = _isWhite, _castling = _castling, _jumped = _jumped };
        _squares.CopyTo(copy._squares, 0);
        return copy;
    }

    private bool CanCaptureKing()
    {
        int king = Array.IndexOf(_squares, _isWhite ? 'k' : 'K');
        return Enumerable.Range(0, 64)
            .Where(from => _squares[from] != ' ' && char.IsUpper(_squares[from]) == _isWhite)
            .Any(from => Steps(from).Contains(king));
    }

    private IEnumerable<string> MovesFrom(int from)
    {
        bool promotes = char.ToUpper(_squares[from]) == 'P' && from / 8 == (_isWhite ? 6 : 1);
        foreach (int to in Steps(from))
            foreach (string promotion in promotes ? ["q", "r", "b", "n"] : new[] { "" })
                yield return Name(from) + Name(to) + promotion;
        if (char.ToUpper(_squares[from]) != 'K' || IsInCheck())
            yield break;
        if (CanCastle('K', from, "  ", 1))
            yield return Name(from) + Name(from + 2);
        if (CanCastle('Q', from, "   ", -1))
            yield return Name(from) + Name(from - 2);
    }

    private bool CanCastle(char right, int from, string empty, int step) =>
        _castling.Contains(_isWhite ? right : char.ToLower(right))
        && new string(_squares, step > 0 ? from + 1 : from - empty.Length, empty.Length) == empty
        && !After(Name(from) + Name(from + step)).CanCaptureKing();

    private IEnumerable<int> Steps(int from) => char.ToUpper(_squares[from]) switch
    {
        'N' => Rays(from, s_leaps, 1),
        'B' => Rays(from, s_diagonal, 7),
        'R' => Rays(from, s_straight, 7),
        'Q' => Rays(from, [.. s_straight, .. s_diagonal], 7),
        'K' => Rays(from, [.. s_straight, .. s_diagonal], 1),
        _ => PawnSteps(from),
    };

    private IEnumerable<int> Rays(int from, (int File, int Rank)[] steps, int longest)
    {
        foreach ((int file, int rank) in steps)
        {
            for (int n = 1; n <= longest && OnBoard(from, n * file, n * rank) is { } to; n++)
            {
                if (_squares[to] == ' ' || char.IsUpper(_squares[to]) != _isWhite)
                    yield return to;
                if (_squares[to] != ' ')
                    break;
            }
        }
    }

    private IEnumerable<int> PawnSteps(int from)
    {
        int up = _isWhite ? 1 : -1;
        if (OnBoard(from, 0, up) is { } one && _squares[one] == ' ')
        {
            yield return one;
            if (from / 8 == (_isWhite ? 1 : 6) && _squares[from + 16 * up] == ' ')
                yield return from + 16 * up;
        }
        foreach (int side in new[] { -1, 1 })
            if (OnBoard(from, side, up) is { } to && (to == _jumped || _squares[to] != ' ' && char.IsUpper(_squares[to]) != _isWhite))
                yield return to;
    }

    private static int? OnBoard(int from, int file, int rank)
    {
        int toFile = from % 8 + file, toRank = from / 8 + rank;
        return toFile is < 0 or > 7 || toRank is < 0 or > 7 ? null : 8 * toRank + toFile;
    }

    private ReferenceBoard After(string move)
    {
        ReferenceBoard next = Copy();
        int from = IndexOf(move[..2]), to = IndexOf(move[2..4]);
        char piece = _squares[from];
        next._squares[from] = ' ';
        next._squares[to] = move.Length < 5 ? piece : _isWhite ? char.ToUpper(move[4]) : move[4];
        if (char.ToUpper(piece) == 'P' && to == _jumped)
            next._squares[from / 8 * 8 + to % 8] = ' ';
        if (char.ToUpper(piece) == 'K' && Math.Abs(from - to) == 2)
            next.JumpRook(from, to);
        next._jumped = char.ToUpper(piece) == 'P' && Math.Abs(from - to) == 16 ? (from + to) / 2 : -1;
        next._castling = string.Concat(_castling.Where(right => !Touches(right, from) && !Touches(right, to)));
        next._isWhite = !_isWhite;
        return next;
    }

    private void JumpRook(int from, int to)
    {
        int corner = to > from ? from + 3 : from - 4;
        _squares[(from + to) / 2] = _squares[corner];
        _squares[corner] = ' ';
    }

    private static bool Touches(char right, int square) => right switch
    {
        'K' => square is 4 or 7,
        'Q' => square is 4 or 0,
        'k' => square is 60 or 63,
        'q' => square is 60 or 56,
        _ => true,
    };
}
