using System.Diagnostics;
using LoraEdge;
using Rival.Adaptation;
using Rival.Chess;

namespace Rival.Play;

/// <summary>What a session does when a page asks for something.</summary>
internal sealed partial class RivalSession
{
    private void Obey(PlayOrder order, IOrderSource source)
    {
        _isDirty = true;
        try
        {
            if ((ProblemWhileWatching(order) ?? Carry(order, source)) is { } problem)
                source.Refuse(problem);
        }
        catch (Exception error) when (error is LoraEdgeException or IOException or UnauthorizedAccessException)
        {
            source.Refuse(error.Message);
        }
    }

    private string? ProblemWhileWatching(PlayOrder order) =>
        _watch is not null && order is (MoveOrder or SanOrder or NewGameOrder or ResignOrder) ? "A game is being watched; stop it first." : null;

    /// <summary>Carries an order out; the answer says why it cannot be, or is null.</summary>
    private string? Carry(PlayOrder order, IOrderSource source) => order switch
    {
        MoveOrder move => Move(UciMove.Find(_table.Game.Legal, move.Uci), move.Uci),
        SanOrder san => Move(San.TryParse(_table.Game.Position, san.Text, out Move move) ? move : null, san.Text),
        NewGameOrder game => Begin(game, source),
        ResignOrder => Do(_table.Resign),
        ProfileOrder profile => Open(profile.Name, source),
        RenameOrder rename => Rename(rename.To),
        ForgetOrder forget => Forget(forget.Name),
        ExportAdapterOrder => Export(source),
        ImportAdapterOrder import => Do(() => _desk.Import(import.Name, import.Data, entry => Switch(entry, source), error => source.Refuse(error.Message))),
        ImportOrder import => Import(import),
        StyleOrder style => Style.All.FirstOrDefault(known => known.Id == style.Id) is { } found ? Switch(found.Profile, source) : "There is no such style.",
        PauseOrder pause => Do(() => _integration.IsTrainingPaused = pause.Paused),
        WatchOrder watch => BeginWatch(watch),
        WatchSpeedOrder speed => _watch is null ? "Nothing is being watched." : Do(() => _watch.Speed = speed.Speed),
        StopWatchOrder => Do(() => _watch = null),
        _ => "This message means nothing here.",
    };

    private static string? Do(Action action)
    {
        action();
        return null;
    }

    private string? Move(Move? move, string text) =>
        _table.Game.IsOver ? "The game is over." : _table.IsThinking ? "It is the rival's turn."
        : move is { } legal && _table.TryPlay(_player, legal) ? null : $"'{text}' is no legal move here.";

    private string? Begin(NewGameOrder order, IOrderSource source)
    {
        ProfileEntry? rival = order.Opponent.Kind != "profile" ? null
            : _desk.Catalogue.Find(order.Opponent.Name!) ?? Style.All.FirstOrDefault(style => style.Name == order.Opponent.Name || style.Id == order.Opponent.Name)?.Profile;
        if (rival is null && order.Opponent.Kind == "profile")
            return "There is no such profile to play against.";
        OpponentChoice opponent = order.Opponent with { Name = rival?.Name ?? (order.Opponent.Kind == "clone" ? _player.Entry.Name : OpponentChoice.Base.Name) };
        _table.Begin(order.You == "w" ? Side.White : Side.Black, opponent, new RivalStrength(order.Temperature, order.BlunderCheck));
        _awaitedRival = rival?.Id;
        if (rival is not null)
            _desk.Get(rival, open => Seat(rival.Id, open), error => source.Refuse(error.Message));
        return null;
    }

    private void Seat(string id, OpenProfile rival)
    {
        if (_awaitedRival == id)
            (_awaitedRival, _table.Rival) = (null, rival);
    }

    private string? Open(string name, IOrderSource source) =>
        (_desk.Catalogue.Find(name) ?? _desk.Catalogue.Add(name, ProfileKind.Player)) is { } entry
            ? Switch(entry, source)
            : $"There are {ProfileCatalogue.MostProfiles} profiles; forget one first.";

    private string? Switch(ProfileEntry entry, IOrderSource source)
    {
        var watch = Stopwatch.StartNew();
        _awaitedPlayer = entry.Id;
        _desk.Get(entry, open => Sit(open, watch), error => source.Refuse(error.Message));
        return null;
    }

    private void Sit(OpenProfile profile, Stopwatch watch)
    {
        // Somebody who was asked for later may have been open already.
        if (_awaitedPlayer != profile.Entry.Id)
            return;
        _awaitedPlayer = null;
        _watch = null;
        _player = profile;
        _table.Unseal();
        _reader.Look(Board, profile.Mind);
        _swap = new SwapState(profile.Entry.Name, Math.Round(watch.Elapsed.TotalMilliseconds, 2));
        _isDirty = true;
    }

    private string? Rename(string name)
    {
        if (_player.Entry.Kind == ProfileKind.Style)
            return "A style keeps its name.";
        if (_desk.Catalogue.Rename(_player.Entry, name) is not { } renamed)
            return "Another profile has that name.";
        _player.Entry = renamed;
        return null;
    }

    private string? Forget(string name)
    {
        if (_player.Entry.Kind == ProfileKind.Style || !name.Equals(_player.Entry.Name, StringComparison.OrdinalIgnoreCase))
            return "Open the profile that is to be forgotten first.";
        OpenProfile forgotten = _player;
        if (_import?.Into == forgotten)
            _import = null;
        _watch = null;
        if (_table.Rival == forgotten || _table.Opponent.Kind == "clone")
            _table.Begin(_table.You, OpponentChoice.Base, _table.Strength);
        _table.Unseal();
        _desk.Forget(forgotten);
        _writer.Changed(forgotten);
        _player = _desk.SomePlayer();
        return null;
    }

    private string? Export(IOrderSource source)
    {
        if (ProfileDesk.Export(_player) is not { } file)
            return "Nothing was learned yet that could be exported.";
        source.Hand($"{FileNameOf(_player.Entry.Name)}.lora", file);
        return null;
    }

    private string? Import(ImportOrder order)
    {
        if (_import is { Phase: not ImportPhase.Done })
            return "An import is going on; wait for its end.";
        if (Find(order.Token, order.Player, out PgnUpload? upload, out IReadOnlyList<PlayedGame> games) is { } problem)
            return problem;
        _import = new PgnImport(upload!.Name, order.Player, games, _player, _clock);
        return null;
    }

    private string? BeginWatch(WatchOrder order)
    {
        if (Find(order.Token, order.Player, out _, out IReadOnlyList<PlayedGame> games) is { } problem)
            return problem;
        _watch = new WatchedGames(order.Player, games, _player, order.Speed);
        return null;
    }

    private string? Find(string token, string player, out PgnUpload? upload, out IReadOnlyList<PlayedGame> games)
    {
        upload = _uploads.Find(token);
        games = upload?.GamesOf(player) ?? [];
        return !_player.Learns ? "This profile does not learn; open one of a player."
            : upload is null ? "The file is not here any longer; bring it again."
            : games.Count == 0 ? $"'{player}' has no game in the file." : null;
    }

    private static string FileNameOf(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));
}
