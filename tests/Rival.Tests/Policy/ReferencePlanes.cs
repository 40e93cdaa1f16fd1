using System.Text;
using Rival.Tests.Chess;

namespace Rival.Tests.Policy;

/// <summary>
/// The planes once more, slowly and from text alone: letters on squares of a board that is turned and recoloured until the
/// mover is White and below. Shares no code with Rival.
/// </summary>
internal sealed class ReferencePlanes
{
    private static readonly (int File, int Rank)[] s_straight = [(1, 0), (-1, 0), (0, 1), (0, -1)];
    private static readonly (int File, int Rank)[] s_diagonal = [(1, 1), (-1, 1), (1, -1), (-1, -1)];
    private static readonly (int File, int Rank)[] s_leaps = [(1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)];

    private readonly char[] _squares = new char[64];
    private readonly List<ulong> _planes = [];

    /// <summary>Computes the planes of a position.</summary>
    /// <param name="fen">The position.</param>
    /// <param name="history">The moves before it, in UCI notation, latest last.</param>
    internal static ulong[] Of(string fen, IReadOnlyList<string> history) => new ReferencePlanes().Compute(fen, history);

    private ulong[] Compute(string fen, IReadOnlyList<string> history)
    {
        bool turned = fen.Split(' ')[1] == "b";
        string[] fields = (turned ? Mirror(fen) : fen).Split(' ');
        ReadBoard(fields[0]);
        List<string> moves = [.. ReferenceBoard.Read(string.Join(' ', fields)).LegalMoves().Keys];
        foreach (char piece in "PNBRQKpnbrqk")
            Add(square => _squares[square] == piece);
        foreach (bool white in new[] { true, false })
            AddAttacks(white);
        Add(square => IsPinned(square, white: true));
        Add(square => IsPinned(square, white: false));
        int ownKing = Array.IndexOf(_squares, 'K'), king = Array.IndexOf(_squares, 'k');
        Add(square => char.IsLower(_squares[square]) && Attacked(square).Contains(ownKing));
        foreach (char piece in "PNBR")
            Add(square => AttackedAs(piece, square).Contains(king));
        Add(square => moves.Any(move => From(move) == square));
        Add(square => moves.Any(move => To(move) == square));
        Add(square => fields[3] != "-" && Index(fields[3]) == square);
        Add(square => fields[2].Contains(square switch { 0 => 'Q', 7 => 'K', 56 => 'q', 63 => 'k', _ => '*' }));
        for (int back = 1; back <= 4; back++)
        {
            string? move = back <= history.Count ? history[^back] : null;
            Add(square => move is not null && Turn(From(move), turned) == square);
            Add(square => move is not null && Turn(To(move), turned) == square);
        }

        Add(_ => !turned);
        Add(_ => Enumerable.Range(0, 64).Any(square => char.IsLower(_squares[square]) && Attacked(square).Contains(ownKing)));
        foreach (int step in new[] { 4, 7, 10, 14, 20, 30, 45 })
            Add(_ => int.Parse(fields[5]) >= step);
        Add(_ => fields[4] == "0");
        Add(_ => int.Parse(fields[4]) >= 6);
        return [.. _planes];
    }

    /// <summary>The same position with the colours exchanged and the board upside down.</summary>
    internal static string Mirror(string fen)
    {
        string[] fields = fen.Split(' ');
        string board = Swap(string.Join('/', fields[0].Split('/').Reverse()));
        string castling = string.Concat(Swap(fields[2]).OrderBy(right => "KQkq-".IndexOf(right)));
        string jumped = fields[3] == "-" ? "-" : MirrorSquare(fields[3]);
        return $"{board} {(fields[1] == "w" ? 'b' : 'w')} {castling} {jumped} {fields[4]} {fields[5]}";
    }

    /// <summary>The same move on that board.</summary>
    internal static string MirrorMove(string move) => MirrorSquare(move[..2]) + MirrorSquare(move[2..4]) + move[4..];

    private static string MirrorSquare(string name) => $"{name[0]}{(char)('1' + '8' - name[1])}";

    private static string Swap(string text) => string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLower(c) : char.ToUpper(c)));

    private static int Index(string name) => name[0] - 'a' + 8 * (name[1] - '1');

    private static int From(string move) => Index(move[..2]);

    private static int To(string move) => Index(move[2..4]);

    private static int Turn(int square, bool turned) => turned ? 8 * (7 - square / 8) + square % 8 : square;

    private void ReadBoard(string board)
    {
        var expanded = new StringBuilder(board);
        for (int n = 8; n > 0; n--)
            expanded.Replace(n.ToString(), new string(' ', n));
        string[] ranks = expanded.ToString().Split('/');
        for (int square = 0; square < 64; square++)
            _squares[square] = ranks[7 - square / 8][square % 8];
    }

    private void Add(Func<int, bool> isSet) =>
        _planes.Add(Enumerable.Range(0, 64).Where(isSet).Aggregate(0UL, (plane, square) => plane | 1UL << square));

    private void AddAttacks(bool white)
    {
        bool Own(int square) => _squares[square] != ' ' && char.IsUpper(_squares[square]) == white;
        foreach (char piece in "PNBRQK")
            Add(target => Enumerable.Range(0, 64).Any(square => Own(square) && char.ToUpper(_squares[square]) == piece && Attacked(square).Contains(target)));
        Add(target => Enumerable.Range(0, 64).Count(square => Own(square) && Attacked(square).Contains(target)) >= 2);
    }

    private bool IsPinned(int square, bool white)
    {
        char own = _squares[square];
        if (own == ' ' || char.IsUpper(own) != white || char.ToUpper(own) == 'K')
            return false;
        int king = Array.IndexOf(_squares, white ? 'K' : 'k');
        int before = SlidersOn(king, white);
        _squares[square] = ' ';
        int after = SlidersOn(king, white);
        _squares[square] = own;
        return after > before;
    }

    private int SlidersOn(int king, bool white) => Enumerable.Range(0, 64).Count(square =>
        _squares[square] != ' ' && char.IsUpper(_squares[square]) != white && "BRQ".Contains(char.ToUpper(_squares[square])) && Attacked(square).Contains(king));

    private HashSet<int> Attacked(int square) => AttackedAs(_squares[square], square);

    private HashSet<int> AttackedAs(char piece, int square) => piece switch
    {
        'P' => Ray(square, [(-1, 1), (1, 1)], 1),
        'p' => Ray(square, [(-1, -1), (1, -1)], 1),
        'N' or 'n' => Ray(square, s_leaps, 1),
        'B' or 'b' => Ray(square, s_diagonal, 7),
        'R' or 'r' => Ray(square, s_straight, 7),
        'Q' or 'q' => Ray(square, [.. s_straight, .. s_diagonal], 7),
        _ => Ray(square, [.. s_straight, .. s_diagonal], 1),
    };

    private HashSet<int> Ray(int from, (int File, int Rank)[] steps, int longest)
    {
        HashSet<int> reached = [];
        foreach ((int fileStep, int rankStep) in steps)
        {
            for (int n = 1; n <= longest; n++)
            {
                int file = from % 8 + n * fileStep, rank = from / 8 + n * rankStep;
                if (file is < 0 or > 7 || rank is < 0 or > 7)
                    break;
                reached.Add(8 * rank + file);
                if (_squares[8 * rank + file] != ' ')
                    break;
            }
        }

        return reached;
    }
}
