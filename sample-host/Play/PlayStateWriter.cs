using LoraEdge;
using Rival.Chess;

namespace Rival.Play;

/// <summary>Makes the snapshot that pages show. What seldom changes is kept from one to the next.</summary>
/// <param name="folder">The storage folder.</param>
internal sealed class PlayStateWriter(string folder)
{
    private const int MostArrows = 5;

    private static readonly StyleState[] s_styles = [.. Style.All.Select(style => new StyleState(style.Id, style.Name, style.Years, style.About))];

    private readonly Dictionary<string, AdapterState?> _adapters = [];
    private (RivalGame? Game, int Ply, string[] Legal, string[] San) _moves = (null, 0, [], []);
    private long _seq;

    /// <summary>What a snapshot is made of.</summary>
    public sealed record Sources(
        Table Table, WatchedGames? Watch, MindReader Reader, OpenProfile Player, IReadOnlyList<ProfileEntry> Profiles, TrainingState Training,
        FramesState Frames, PgnImport? Import, SwapState? Swap);

    /// <summary>Says that a profile's adapter files have changed.</summary>
    public void Changed(OpenProfile profile) => _adapters.Remove(profile.Entry.Id);

    /// <summary>Makes a snapshot.</summary>
    public PlayState Write(Sources now) => new(
        ++_seq,
        GameOf(now),
        new MindState(now.Watch is null ? now.Table.Sealed?.ShortSeal : null, now.Table.Last, new ScoreState(now.Player.Score.Moves, now.Player.Score.Frozen, now.Player.Score.Adapted)),
        new ArrowState(ArrowsOf(now.Reader.Frozen) ?? [], ArrowsOf(now.Reader.Adapted)),
        new ProfileState(now.Player.Entry.Name, KindOf(now.Player.Entry), now.Player.Mind.Profile.RecordCount, AdapterOf(now.Player)),
        [.. now.Profiles.Select(entry => new ProfileName(entry.Name, KindOf(entry)))],
        now.Training,
        [.. now.Player.Score.Curve.Select(point => new CurveState(point.Moves, Math.Round(point.Frozen, 4), Math.Round(point.Adapted, 4)))],
        now.Frames,
        now.Import is { } import ? ImportOf(import) : null,
        now.Swap,
        now.Watch is { } watch ? new WatchState(watch.Player, watch.Speed, watch.Index + 1, watch.Count, watch.IsFinished) : null,
        s_styles);

    private GameState GameOf(Sources now)
    {
        Table table = now.Table;
        RivalGame game = now.Watch?.Board ?? table.Game;
        (_, _, string[] legal, string[] san) = _moves = _moves.Game == game && _moves.Ply == game.Moves.Length ? _moves
            : (game, game.Moves.Length, [.. game.Legal.ToArray().Select(move => move.ToString())], [.. game.San]);
        bool isWatched = now.Watch is not null;
        return new GameState(
            game.Position.ToFen(),
            Letter(game.Position.SideToMove),
            isWatched || table.IsThinking ? [] : legal,
            game.Moves.IsEmpty ? null : game.Moves[^1].ToString(),
            game.Position.IsInCheck,
            san,
            game.Result,
            game.IsOver ? game.End.ToString().ToLowerInvariant() : null,
            isWatched ? null : Letter(table.You),
            !isWatched && table.IsThinking,
            table.Opponent,
            table.Strength.Temperature,
            table.Strength.BlunderCheck);
    }

    private static ImportState ImportOf(PgnImport import) => new(
        import.Name, import.Player, import.Moves, import.Logged, import.Phase == ImportPhase.Done, Math.Round(import.Elapsed.TotalSeconds, 1),
        import.PromotedAfter is { } after ? Math.Round(after.TotalSeconds, 1) : null, import.Phase.ToString().ToLowerInvariant());

    private static Arrow[]? ArrowsOf(MoveForecast? forecast) => forecast is null ? null
        : [.. forecast.Moves.Take(MostArrows).Select((move, i) => new Arrow(move.ToString(), Math.Round(forecast.ProbabilityOf(i), 4)))];

    /// <summary>Looks at the files once for each adapter.</summary>
    private AdapterState? AdapterOf(OpenProfile open)
    {
        if (open.Mind.Profile.Adapter is not { } adapter)
            return null;
        if (!_adapters.TryGetValue(open.Entry.Id, out AdapterState? state) || state is null)
            _adapters[open.Entry.Id] = state = new AdapterState(AdapterFile.Write(adapter).Length, open.Mind.Profile.Generation, DevicesOf(open.Mind.Profile));
        return state;
    }

    private DeviceState[] DevicesOf(Profile profile)
    {
        var devices = new DirectoryInfo(Path.Combine(folder, "profiles", FolderName.Encode(profile.Name), "devices"));
        return devices.Exists
            ? [.. devices.EnumerateFiles("*.lora").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new DeviceState(Path.GetFileNameWithoutExtension(file.Name), file.Length, file.LastWriteTimeUtc))]
            : [];
    }

    private static string KindOf(ProfileEntry entry) => entry.Kind.ToString().ToLowerInvariant();

    private static string Letter(Side side) => side == Side.White ? "w" : "b";
}
