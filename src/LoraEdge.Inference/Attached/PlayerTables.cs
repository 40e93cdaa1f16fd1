using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Who is in the B tables, and where. Players come and go while runs read: a change writes a place that no run reads, and then
/// exchanges one number, so that a run sees each player's B whole, as it was when the run began. A player's number is never given to another.
/// </summary>
internal sealed class PlayerTables : IDisposable
{
    private const int Removed = 0;

    // B is written by one thread at a time. The gate is held for a few instructions only, since runs pass it.
    private readonly object _changing = new();
    private readonly object _gate = new();
    private readonly SlotPool _pool = new();
    private readonly List<int> _slots = [0];
    private readonly string _model;
    private TableMemory? _memory;

    /// <summary>Makes room.</summary>
    /// <param name="model">Name of the model, for messages.</param>
    /// <param name="sizes">Elements of one B by layer.</param>
    /// <param name="attached">The model that reads the tables.</param>
    /// <param name="players">How many players there is room for at first.</param>
    public PlayerTables(string model, IReadOnlyList<int> sizes, AttachedModel attached, int players) =>
        (_model, _memory) = (model, new TableMemory(sizes, attached, players + 1));

    /// <summary>Adds a player.</summary>
    /// <param name="b"><c>s*B</c> by layer; null is zeros.</param>
    /// <returns>The player's number.</returns>
    public int Add(IReadOnlyList<float[]?> b)
    {
        lock (_changing)
        {
            int slot = Write(b);
            lock (_gate)
            {
                _slots.Add(slot);
                return _slots.Count - 1;
            }
        }
    }

    /// <summary>Gives a player another B.</summary>
    public void Replace(int player, IReadOnlyList<float[]?> b)
    {
        lock (_changing)
        {
            lock (_gate)
            {
                if (player == 0 || SlotOf(player) == Removed)
                    throw Gone(player);
            }

            int slot = Write(b);
            lock (_gate)
            {
                // Removing does not wait for changes.
                bool isGone = _slots[player] == Removed;
                _pool.Retire(isGone ? slot : _slots[player]);
                if (isGone)
                    throw Gone(player);
                _slots[player] = slot;
            }
        }
    }

    /// <summary>Removes a player, whose rows are the base's from now on. Does not wait for tables that are growing.</summary>
    /// <returns>False when the player was removed before, or is the base.</returns>
    public bool Remove(int player)
    {
        lock (_gate)
        {
            int slot = SlotOf(player);
            if (slot == Removed)
                return false;
            _pool.Retire(slot);
            _slots[player] = Removed;
            return true;
        }
    }

    /// <summary>Begins a run.</summary>
    /// <param name="players">A number for each row.</param>
    /// <exception cref="InvalidInputException">A number was never given to anybody.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public TableRead Read(ReadOnlySpan<int> players)
    {
        var slots = new long[players.Length];
        bool isBase = true;
        lock (_gate)
        {
            for (int row = 0; row < players.Length; row++)
            {
                slots[row] = SlotOf(players[row]);
                isBase &= slots[row] == 0;
            }

            if (_memory is not { } memory || !memory.TryEnter())
                throw new ObjectDisposedException(nameof(AttachedSession));
            if (!isBase)
                return new TableRead(this, memory.FeedOf(slots), _pool.Enter());
            memory.Leave();
            return new TableRead(this, null, 0);
        }
    }

    /// <summary>Ends a run.</summary>
    /// <param name="ticket">What it was given.</param>
    public void End(long ticket)
    {
        lock (_gate)
            _pool.Leave(ticket);
    }

    /// <summary>What a run of a player is fed who is neither removed nor replaced before it ends: the same object as long as the tables stay.</summary>
    /// <returns>Null when the session was disposed; otherwise the tables are entered.</returns>
    public Feed? Enter(int player)
    {
        lock (_gate)
            return _memory is { } memory && memory.TryEnter() ? memory.FeedOf(SlotOf(player)) : null;
    }

    /// <summary>Releases the tables after the last run.</summary>
    public void Dispose()
    {
        lock (_changing)
            Exchange(null);
    }

    private int Write(IReadOnlyList<float[]?> b)
    {
        TableMemory memory = _memory ?? throw new ObjectDisposedException(nameof(AttachedSession));
        int slot;
        lock (_gate)
            slot = _pool.Take();
        try
        {
            if (slot >= memory.Capacity)
                Exchange(memory = memory.Grown(checked(2 * memory.Capacity)));
            memory.Write(slot, b);
            return slot;
        }
        catch
        {
            lock (_gate)
                _pool.Retire(slot);
            throw;
        }
    }

    private void Exchange(TableMemory? memory)
    {
        TableMemory? previous;
        lock (_gate)
            (previous, _memory) = (_memory, memory);
        previous?.Close();
    }

    private InvalidInputException Gone(int player) =>
        new($"Player {player} of {_model} {(player == 0 ? "is the base, which has no adapter" : "was removed")}; add a player instead.");

    private int SlotOf(int player) => player >= 0 && player < _slots.Count
        ? _slots[player]
        : throw new InvalidInputException($"{_model} serves no player {player}: numbers from 0, the base, to {_slots.Count - 1} were given out.");
}
