using System.Collections.Concurrent;
using LoraEdge;
using Rival.Chess;

namespace Rival.Play;

/// <summary>
/// The game and its players: one thread calls <see cref="Step"/> sixty times a second, and owns everything here. Orders come
/// through a queue, and what is to be shown leaves as a snapshot.
/// </summary>
internal sealed partial class RivalSession : IDisposable
{
    private const int MostWaitingOrders = 256;
    private const int MostOrdersInFrame = 8;

    /// <summary>Time in a frame for the moves of an import.</summary>
    private static readonly TimeSpan s_importBudget = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentQueue<(PlayOrder Order, IOrderSource Source)> _orders = new();
    private readonly RivalIntegration _integration;
    private readonly UploadShelf _uploads;
    private readonly IHostClock _clock;
    private readonly LoopTasks _tasks = new();
    private readonly ProfileDesk _desk;
    private readonly MindReader _reader;
    private readonly Table _table;
    private readonly TrainingView _training;
    private readonly PlayStateWriter _writer;
    private OpenProfile _player;
    private PgnImport? _import;
    private WatchedGames? _watch;
    private SwapState? _swap;
    private string? _awaitedPlayer;
    private string? _awaitedRival;
    private bool _isDirty = true;

    /// <summary>Opens the profile that was made first, or makes one.</summary>
    /// <param name="integration">The plugin; not disposed with this.</param>
    /// <param name="folder">The storage folder.</param>
    /// <param name="uploads">Files that pages have brought.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">The draw of the rival's moves.</param>
    public RivalSession(RivalIntegration integration, string folder, UploadShelf uploads, IHostClock clock, Random random)
    {
        (_integration, _uploads, _clock, _writer) = (integration, uploads, clock, new PlayStateWriter(folder));
        _training = new TrainingView(integration, clock);
        _desk = new ProfileDesk(integration, folder, _tasks);
        _desk.Opened += Listen;
        _reader = new MindReader(_desk.OpenFrozen());
        _table = new Table(_reader, random);
        _player = _desk.SomePlayer();
    }

    /// <summary>Whether training is at work in this frame; null when something else than training is, so that the frame tells of neither.</summary>
    public bool? IsTraining => _training.IsWorking ? true : _training.Of(_player).Status == "scoring" ? null : false;

    /// <summary>Takes an order of a page, on any thread. One too many is refused.</summary>
    public void Post(PlayOrder order, IOrderSource source)
    {
        if (_orders.Count >= MostWaitingOrders)
            source.Refuse("Too many messages at once.");
        else
            _orders.Enqueue((order, source));
    }

    /// <summary>One frame.</summary>
    /// <param name="work">How long the last frame worked.</param>
    /// <param name="passed">Time since the last frame.</param>
    public void Step(TimeSpan work, TimeSpan passed)
    {
        _integration.Frame(work);
        _tasks.Poll();
        for (int i = 0; i < MostOrdersInFrame && _orders.TryDequeue(out var next); i++)
            Obey(next.Order, next.Source);
        _import?.Step(s_importBudget, _reader.FrozenMind);
        int plies = Board.Moves.Length;
        if (_watch is null)
            _table.Step(_player, _awaitedRival is null);
        else
            Watch(_watch, passed);
        _isDirty |= _reader.Look(Board, _player.Mind) || Board.Moves.Length != plies;
    }

    /// <summary>Whether something has happened that a page should show at once. Asking resets it.</summary>
    public bool TakeDirty()
    {
        bool wasDirty = _isDirty;
        _isDirty = false;
        return wasDirty;
    }

    /// <summary>The snapshot of what is to be shown.</summary>
    public PlayState Snapshot(FramesState frames) => _writer.Write(new PlayStateWriter.Sources(
        _table, _watch, _reader, _player, _desk.Catalogue.Entries, _training.Of(_player), frames, _import, _swap));

    /// <summary>Waits for what runs beside the loop, and stops the rival's thoughts.</summary>
    public void Dispose()
    {
        _table.StopThinking();
        _tasks.Drain();
    }

    private RivalGame Board => _watch?.Board ?? _table.Game;

    private void Listen(OpenProfile profile) => _training.Listen(profile, news =>
    {
        _writer.Changed(profile);
        if (news == AdaptationEvent.Promoted && _import?.Into == profile)
            _import.Promoted();
        _isDirty = true;
    });

    private void Watch(WatchedGames watch, TimeSpan passed)
    {
        watch.Pass(passed);
        // Two inferences in a frame, for one move of the player, are enough for speed 100.
        bool guessed = false;
        while (watch.IsDue && !(watch.IsOwnMove && guessed))
        {
            RivalGame board = watch.Board;
            bool isOwn = watch.IsOwnMove;
            if (isOwn)
                _reader.Look(board, watch.Into.Mind);
            (MoveForecast? frozen, MoveForecast? adapted) = (_reader.Frozen, _reader.Adapted);
            (Position before, Move[] history) = (board.Position, isOwn ? board.Moves.ToArray() : []);
            if (!watch.Advance(out Move played) || !isOwn)
                continue;
            guessed = true;
            watch.Into.Mind.Record(before, history, played);
            watch.Into.Score.Add(frozen!.Best, (adapted ?? frozen).Best, played);
        }
    }
}
