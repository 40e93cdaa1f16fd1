using Rival.Adaptation;
using Rival.Chess;

namespace Rival.Play;

/// <summary>A player's games, replayed on the board as if the player were playing them now.</summary>
internal sealed class WatchedGames
{
    /// <summary>Half-moves a second at speed 1.</summary>
    private const double PliesPerSecond = 1;

    private readonly PlayedGame[] _games;
    private double _due;

    /// <summary>Sets the first game up.</summary>
    /// <param name="player">Who is watched.</param>
    /// <param name="games">That player's games, at least one.</param>
    /// <param name="into">The profile that learns.</param>
    /// <param name="speed">1, 10 or 100.</param>
    public WatchedGames(string player, IEnumerable<PlayedGame> games, OpenProfile into, int speed)
    {
        (Player, Into, Speed) = (player, into, speed);
        _games = [.. games.OrderBy(game => PgnDate.Parse(game.Game.Date))];
        Board = new RivalGame(_games[0].Game.StartPosition);
    }

    public string Player { get; }

    public OpenProfile Into { get; }

    public int Speed { get; set; }

    /// <summary>Number of the game on the board, from 0.</summary>
    public int Index { get; private set; }

    public int Count => _games.Length;

    public bool IsFinished => Index == _games.Length - 1 && IsAtEnd;

    /// <summary>The game on the board.</summary>
    public RivalGame Board { get; private set; }

    /// <summary>The watched player's side in it.</summary>
    public Side Side => _games[Index].Side;

    /// <summary>Whether the next move is the watched player's: it is to be guessed first.</summary>
    public bool IsOwnMove => !IsAtEnd && Board.Position.SideToMove == Side;

    private bool IsAtEnd => Board.Moves.Length == _games[Index].Game.Moves.Length || Board.IsOver;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => _due = Math.Min(_due + time.TotalSeconds * Speed * PliesPerSecond, 4);

    /// <summary>Whether something is to happen on the board: a move, or the next game.</summary>
    public bool IsDue => _due >= 1 && !IsFinished;

    /// <summary>Plays the next move, or sets the next game up.</summary>
    /// <param name="played">The move.</param>
    /// <returns>Whether it was a move.</returns>
    public bool Advance(out Move played)
    {
        _due--;
        played = default;
        if (IsAtEnd)
        {
            Index++;
            Board = new RivalGame(_games[Index].Game.StartPosition);
            return false;
        }

        played = _games[Index].Game.Moves[Board.Moves.Length];
        return Board.TryPlay(played);
    }
}
