namespace Rival.Play;

/// <summary>Everything that a page shows, at one moment. Names and meaning of the members are the page's: it is sent as JSON, in camel case.</summary>
public sealed record PlayState(
    long Seq, GameState Game, MindState Mind, ArrowState Arrows, ProfileState Profile, IReadOnlyList<ProfileName> Profiles, TrainingState Training,
    IReadOnlyList<CurveState> Curve, FramesState Frames, ImportState? Import, SwapState? Swap, WatchState? Watch, IReadOnlyList<StyleState> Styles)
{
    /// <summary>Tells the page which message this is.</summary>
    public string Type => "state";
}

/// <summary>The board.</summary>
public sealed record GameState(
    string Fen, string Turn, IReadOnlyList<string> Legal, string? LastMove, bool Check, IReadOnlyList<string> San, string? Result, string? Reason,
    string? You, bool Thinking, OpponentChoice Opponent, double Temperature, bool BlunderCheck);

/// <summary>The game of guessing: what is sealed, what was revealed last, and the score.</summary>
public sealed record MindState(string? Sealed, Reveal? Last, ScoreState Score);

/// <summary>A guess after the move: <c>SHA-256("base adapted salt")</c> begins with what was shown as sealed.</summary>
public sealed record Reveal(string Base, string Adapted, string Played, bool BaseHit, bool AdaptedHit, string Salt, string Sealed);

/// <summary>Guessed moves, and how many each had right.</summary>
public sealed record ScoreState(int Moves, int Base, int Adapted);

/// <summary>The most probable moves; <see cref="Adapted"/> is null while no adapter is in use.</summary>
public sealed record ArrowState(IReadOnlyList<Arrow> Base, IReadOnlyList<Arrow>? Adapted);

/// <summary>A move and its probability.</summary>
public sealed record Arrow(string Uci, double P);

/// <summary>The open profile.</summary>
public sealed record ProfileState(string Name, string Kind, int Records, AdapterState? Adapter);

/// <summary>The adapter in use.</summary>
public sealed record AdapterState(long Bytes, long Generation, IReadOnlyList<DeviceState> Devices);

/// <summary>An adapter file of one device.</summary>
public sealed record DeviceState(string Id, long Bytes, DateTime When);

/// <summary>A line of the profile menu.</summary>
public sealed record ProfileName(string Name, string Kind);

/// <summary>What training does. <see cref="Shadow"/> is of a candidate that is not yet in use.</summary>
public sealed record TrainingState(
    string Status, double Progress, double Duty, bool Paused, string Provider, string Trainer, ShadowState? Shadow, string? LastDecision, int Promotions);

/// <summary>A candidate in the shadow: how much better than the frozen model, in nats a move, and its evidence as a share of what promotion takes.</summary>
public sealed record ShadowState(long Records, double Advantage, double Evidence);

/// <summary>A point of the learning curve.</summary>
public sealed record CurveState(int Moves, double Base, double Adapted);

/// <summary>Work times of frames in milliseconds, with training at work and without.</summary>
public sealed record FramesState(FrameState On, FrameState Off, IReadOnlyList<double> Recent);

/// <summary>Percentiles of frames.</summary>
public sealed record FrameState(double P50, double P95, double P99, int Count);

/// <summary>An import: <c>logging</c>, <c>learning</c>, <c>testing</c> or <c>done</c>.</summary>
public sealed record ImportState(string Name, string Player, int Moves, int Logged, bool Done, double Seconds, double? PromotedAfter, string Phase);

/// <summary>The last hot-swap: to whom, and how long it took from order to first inference, its wait for the next frame not counted.</summary>
public sealed record SwapState(string Name, double Ms);

/// <summary>A replay.</summary>
public sealed record WatchState(string Player, int Speed, int Game, int Games, bool Finished);

/// <summary>A player of the past.</summary>
public sealed record StyleState(string Id, string Name, string Years, string About);
