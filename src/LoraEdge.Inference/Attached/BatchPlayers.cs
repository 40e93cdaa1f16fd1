namespace LoraEdge.Inference;

/// <summary>The players of a batch in the tables of an attached session; they stay until this is disposed, whatever is published meanwhile.</summary>
internal sealed class BatchPlayers : IDisposable
{
    private readonly Dictionary<AdapterSlot, int> _numbers = [];
    private readonly List<ServingUse> _uses = [];

    /// <summary>Enters them, and puts those into the tables who are served otherwise.</summary>
    /// <exception cref="AdapterMismatchException">An adapter is of another form than the tables.</exception>
    /// <exception cref="ObjectDisposedException">A slot, or the session, was disposed.</exception>
    public BatchPlayers(AttachedSession session, IReadOnlyList<AdapterSlot> rows)
    {
        try
        {
            foreach (AdapterSlot slot in rows)
            {
                if (!_numbers.ContainsKey(slot))
                    _numbers.Add(slot, Enter(session, slot));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Numbers = [.. rows.Select(slot => _numbers[slot])];
    }

    /// <summary>The number of each row's player.</summary>
    public int[] Numbers { get; } = [];

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (ServingUse use in _uses)
            use.Dispose();
    }

    private int Enter(AttachedSession session, AdapterSlot slot)
    {
        // A player who was retired meanwhile is followed by another one; otherwise the session is gone.
        AttachedPlayer? last = null;
        while (slot.PlayerIn(session) is { } player)
        {
            if (player.TryEnter(out ServingUse use))
            {
                _uses.Add(use);
                return player.Number;
            }

            if (ReferenceEquals(player, last))
                throw new ObjectDisposedException(nameof(AttachedSession));
            last = player;
        }

        return AttachedSession.Base;
    }
}
