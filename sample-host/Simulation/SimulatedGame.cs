using System.Globalization;
using System.Runtime.InteropServices;
using Rival.Adaptation;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Simulation;

/// <summary>One game in progress between a simulated player and the frozen model.</summary>
internal sealed class SimulatedGame
{
    private readonly SimulatedPlayer _player;
    private readonly Side _side;
    private readonly int _number;
    private readonly int _mostPlies;
    private readonly Random _random;
    private readonly List<Move> _moves = [];
    private readonly Move[] _legal = new Move[MoveGenerator.MaxMoves];
    private Position _position = Position.Start;
    private int _legalCount;

    /// <summary>Sets the board up; the player has White in every other game.</summary>
    /// <param name="player">The player.</param>
    /// <param name="number">The number of the game among the player's, from 0.</param>
    /// <param name="mostPlies">Half-moves after which the game is stopped.</param>
    /// <param name="random">The game's own, so that it does not depend on how many others are played beside it.</param>
    public SimulatedGame(SimulatedPlayer player, int number, int mostPlies, Random random)
    {
        (_player, _number, _mostPlies, _random) = (player, number, mostPlies, random);
        _side = number % 2 == 0 ? Side.White : Side.Black;
        FindLegal();
    }

    /// <summary>Whether the game is over, by mate, stalemate or the agreed number of plies.</summary>
    public bool IsOver => _legalCount == 0 || _moves.Count == _mostPlies;

    /// <summary>Adds the position to a batch.</summary>
    public void Ask(PolicyBatch batch) => batch.Add(_position, CollectionsMarshal.AsSpan(_moves), Legal);

    /// <summary>Draws the next move from the model's answer: as it is for the opponent, with the taste on top for the player.</summary>
    public void Play(ReadOnlySpan<float> logits)
    {
        Span<double> scores = stackalloc double[_legalCount];
        bool own = _position.SideToMove == _side;
        for (int i = 0; i < _legalCount; i++)
            scores[i] = Score(logits, _legal[i], own);
        Move chosen = _legal[Draw(scores)];
        _moves.Add(chosen);
        _position.Play(chosen);
        FindLegal();
    }

    /// <summary>The game as the player's log has it. Dates ascend with the number of the game.</summary>
    public PlayedGame Finish()
    {
        string own = $"{_player.Name} (simulated)";
        const string Model = "the frozen model";
        string result = Result();
        KeyValuePair<string, string>[] tags =
        [
            new("Event", "Simulated games"),
            new("Date", new DateOnly(2000, 1, 1).AddDays(_number).ToString("yyyy.MM.dd", CultureInfo.InvariantCulture)),
            new("White", _side == Side.White ? own : Model),
            new("Black", _side == Side.Black ? own : Model),
            new("Result", result),
        ];
        return new PlayedGame(new PgnGame(new PgnTags(tags), result, [.. _moves], startFen: null, line: 1), _side);
    }

    private ReadOnlySpan<Move> Legal => _legal.AsSpan(0, _legalCount);

    private void FindLegal() => _legalCount = MoveGenerator.LegalMoves(_position, _legal);

    private double Score(ReadOnlySpan<float> logits, Move move, bool own)
    {
        // The model has one number for all promotions of a step and means the queen.
        if (move.Promotion is not (Piece.None or Piece.Queen))
            return double.NegativeInfinity;
        double score = logits[MoveClass.Of(move, _position.SideToMove)];
        return own ? score + _player.Taste.Of(_position, _moves.Count / 2, move) : score;
    }

    private int Draw(Span<double> scores)
    {
        double highest = double.NegativeInfinity;
        foreach (double score in scores)
            highest = Math.Max(highest, score);
        double sum = 0;
        foreach (ref double score in scores)
            sum += score = Math.Exp(score - highest);
        double left = _random.NextDouble() * sum;
        for (int i = 0; i < scores.Length; i++)
        {
            if ((left -= scores[i]) < 0)
                return i;
        }

        return scores.IndexOf(1.0); // Rounding used the sum up: the most likely one.
    }

    private string Result()
    {
        if (_legalCount > 0)
            return "*";
        if (!_position.IsInCheck)
            return "1/2-1/2";
        return _position.SideToMove == Side.White ? "0-1" : "1-0";
    }
}
