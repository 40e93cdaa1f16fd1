using Rival.Chess;

namespace Rival.Play;

/// <summary>
/// The table that is played at: the board, the player's side, and the rival who thinks. The player's moves are guessed before
/// they are made, revealed after, scored and recorded.
/// </summary>
internal sealed class Table(MindReader reader, Random random)
{
    /// <summary>Frames that a rival takes for a move at least: one that answers within a blink is no company.</summary>
    private const int LeastFrames = 24;

    private RivalThought? _thought;
    private int _frames;
    private (RivalGame, int)? _guessed;

    /// <summary>The game on the board.</summary>
    public RivalGame Game { get; private set; } = new(Position.Start);

    /// <summary>The player's side.</summary>
    public Side You { get; private set; } = Side.White;

    /// <summary>Whom the player plays against, as the page is told.</summary>
    public OpponentChoice Opponent { get; private set; } = OpponentChoice.Base;

    /// <summary>How the rival plays.</summary>
    public RivalStrength Strength { get; private set; } = new(0.6, BlunderCheck: true);

    /// <summary>The mind of the rival; null for the frozen model, and for a clone while nothing was learned.</summary>
    public OpenProfile? Rival { get; set; }

    /// <summary>Whether the rival is to move.</summary>
    public bool IsThinking => !Game.IsOver && Game.Position.SideToMove != You;

    /// <summary>The guess at the player's next move; null when it is not the player's turn.</summary>
    public SealedGuess? Sealed { get; private set; }

    /// <summary>The last guess after its move.</summary>
    public Reveal? Last { get; private set; }

    /// <summary>Begins a game.</summary>
    public void Begin(Side you, OpponentChoice opponent, RivalStrength strength)
    {
        StopThinking();
        (Game, You, Opponent, Strength, Rival) = (new RivalGame(Position.Start), you, opponent, strength, null);
        (Sealed, _guessed) = (null, null);
    }

    /// <summary>The player gives up.</summary>
    public void Resign()
    {
        StopThinking();
        Game.Resign(You);
        Sealed = null;
    }

    /// <summary>Seals a guess when the player is to move, and lets the rival think when it is.</summary>
    /// <param name="player">Who plays.</param>
    /// <param name="rivalReady">Whether the rival's mind is there.</param>
    public void Step(OpenProfile player, bool rivalReady)
    {
        if (Game.IsOver)
            return;
        if (!IsThinking)
            Guess(player);
        else if (_thought is null && rivalReady)
            Think(player);
        else if (++_frames >= LeastFrames && _thought?.TryGet(out Move move) == true)
            (_thought, _) = (null, Game.TryPlay(move));
    }

    /// <summary>Plays a move of the player.</summary>
    /// <returns>Whether it was legal, and the player's turn.</returns>
    public bool TryPlay(OpenProfile player, Move move)
    {
        if (IsThinking || !Game.Legal.Contains(move))
            return false;
        Guess(player);
        Position before = Game.Position;
        ReadOnlySpan<Move> history = Game.Moves;
        if (player.Learns)
            player.Mind.Record(before, history, move);
        Reveal(Sealed!, before, move, player);
        Sealed = null;
        return Game.TryPlay(move);
    }

    /// <summary>A profile that was forgotten: its guess is not shown any longer.</summary>
    public void Unseal() => (Sealed, _guessed, Last) = (null, null, null);

    /// <summary>Ends what the rival thinks.</summary>
    public void StopThinking()
    {
        _thought?.Dispose();
        _thought = null;
    }

    /// <summary>One guess for each position: what is learned meanwhile does not change what was sealed.</summary>
    private void Guess(OpenProfile player)
    {
        if (_guessed == (Game, Game.Moves.Length))
            return;
        reader.Look(Game, player.Mind);
        Move frozen = reader.Frozen!.Best;
        Sealed = SealedGuess.Of(Game.Position, frozen, reader.Adapted?.Best ?? frozen);
        _guessed = (Game, Game.Moves.Length);
    }

    private void Reveal(SealedGuess guess, in Position before, Move played, OpenProfile player)
    {
        player.Score.Add(guess.Frozen, guess.Adapted, played);
        Last = new Reveal(guess.FrozenSan, guess.AdaptedSan, San.Format(before, played),
            SealedGuess.IsHit(guess.Frozen, played), SealedGuess.IsHit(guess.Adapted, played), guess.Salt, guess.ShortSeal);
    }

    private void Think(OpenProfile player)
    {
        reader.Look(Game, player.Mind);
        MoveForecast forecast = Opponent.Kind switch
        {
            "clone" => reader.Adapted ?? reader.Frozen!,
            "profile" when Rival is not null => MindReader.Ask(Rival.Mind, Game)!,
            _ => reader.Frozen!,
        };
        (_frames, _thought) = (0, new RivalThought(Game.Position, forecast, Strength, new Random(random.Next())));
    }
}
