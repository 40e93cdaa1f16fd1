using System.Text.Json.Serialization;

namespace Rival.Play;

/// <summary>Something that a page asks for. What can be wrong with one that was read is told by <see cref="Problem"/>; whether it makes sense at this moment only the session knows.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MoveOrder), "move")]
[JsonDerivedType(typeof(SanOrder), "san")]
[JsonDerivedType(typeof(NewGameOrder), "newGame")]
[JsonDerivedType(typeof(ResignOrder), "resign")]
[JsonDerivedType(typeof(ProfileOrder), "profile")]
[JsonDerivedType(typeof(RenameOrder), "rename")]
[JsonDerivedType(typeof(ForgetOrder), "forget")]
[JsonDerivedType(typeof(ExportAdapterOrder), "exportAdapter")]
[JsonDerivedType(typeof(ImportAdapterOrder), "importAdapter")]
[JsonDerivedType(typeof(ImportOrder), "import")]
[JsonDerivedType(typeof(StyleOrder), "style")]
[JsonDerivedType(typeof(PauseOrder), "pause")]
[JsonDerivedType(typeof(WatchOrder), "watch")]
[JsonDerivedType(typeof(WatchSpeedOrder), "watchSpeed")]
[JsonDerivedType(typeof(StopWatchOrder), "stopWatch")]
public abstract record PlayOrder
{
    /// <summary>What is wrong with the order whatever the game; null when nothing is.</summary>
    [JsonIgnore]
    public virtual string? Problem => null;

    private protected static string? TooLong(string text, int most) => text.Length > most ? "A text in the message is too long." : null;
}

/// <summary>Plays a move of the UCI protocol's notation.</summary>
public sealed record MoveOrder(string Uci) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => TooLong(Uci, 5);
}

/// <summary>Plays a move of algebraic notation.</summary>
public sealed record SanOrder(string Text) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => TooLong(Text, 16);
}

/// <summary>Whom to play against: <c>base</c>, <c>clone</c>, or <c>profile</c> with its name.</summary>
public sealed record OpponentChoice(string Kind, string? Name = null)
{
    /// <summary>The frozen model.</summary>
    public static OpponentChoice Base { get; } = new("base", "Base");
}

/// <summary>Begins a game.</summary>
public sealed record NewGameOrder(string You, OpponentChoice Opponent, double Temperature, bool BlunderCheck) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem =>
        You is not ("w" or "b") ? "A game is played with 'w' or 'b'."
        : Opponent.Kind is not ("base" or "clone" or "profile") || (Opponent.Kind == "profile" && Opponent.Name is null) ? "The opponent is 'base', 'clone' or a named 'profile'."
        : Temperature is not (>= 0 and <= 2) ? "The temperature is from 0 to 2."
        : TooLong(Opponent.Name ?? "", ProfileCatalogue.LongestName);
}

/// <summary>Gives the game up.</summary>
public sealed record ResignOrder : PlayOrder;

/// <summary>Opens a profile, or makes it.</summary>
public sealed record ProfileOrder(string Name) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => ProfileCatalogue.ProblemOf(Name);
}

/// <summary>Gives the open profile another name.</summary>
public sealed record RenameOrder(string To) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => ProfileCatalogue.ProblemOf(To);
}

/// <summary>Forgets a profile; only one that is open, by its name, so that no stale page forgets another.</summary>
public sealed record ForgetOrder(string Name) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => TooLong(Name, ProfileCatalogue.LongestName);
}

/// <summary>Asks for the open profile's adapter as a file.</summary>
public sealed record ExportAdapterOrder : PlayOrder;

/// <summary>Brings somebody's adapter, in base64.</summary>
public sealed record ImportAdapterOrder(string Name, byte[] Data) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => ProfileCatalogue.ProblemOf(Name);
}

/// <summary>Learns from the games of an uploaded file.</summary>
public sealed record ImportOrder(string Token, string Player) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => TooLong(Token, 64) ?? TooLong(Player, 256);
}

/// <summary>Opens the profile of a player of the past.</summary>
public sealed record StyleOrder(string Id) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => TooLong(Id, 32);
}

/// <summary>Pauses training, or lets it go on.</summary>
public sealed record PauseOrder(bool Paused) : PlayOrder;

/// <summary>Replays the games of an uploaded file.</summary>
public sealed record WatchOrder(string Token, string Player, int Speed) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => WatchSpeedOrder.ProblemOf(Speed) ?? TooLong(Token, 64) ?? TooLong(Player, 256);
}

/// <summary>Changes the speed of the replay.</summary>
public sealed record WatchSpeedOrder(int Speed) : PlayOrder
{
    /// <inheritdoc />
    public override string? Problem => ProblemOf(Speed);

    internal static string? ProblemOf(int speed) => speed is 1 or 10 or 100 ? null : "The speed is 1, 10 or 100.";
}

/// <summary>Ends the replay; the game that was on the board comes back.</summary>
public sealed record StopWatchOrder : PlayOrder;
