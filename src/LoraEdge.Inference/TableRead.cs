namespace LoraEdge.Inference;

/// <summary>What one run reads of the B tables; disposing it ends the run.</summary>
/// <param name="tables">The tables.</param>
/// <param name="memory">The memory that they had when the run began.</param>
/// <param name="slots">The place of each row's B.</param>
/// <param name="ticket">What tells the run from others.</param>
internal sealed class TableRead(PlayerTables tables, TableMemory memory, long[] slots, long ticket) : IDisposable
{
    /// <summary>The memory.</summary>
    public TableMemory Memory => memory;

    /// <summary>The place of each row's B.</summary>
    public long[] Slots => slots;

    /// <summary>What tells the run from others.</summary>
    public long Ticket => ticket;

    /// <summary>Whether nothing but the base is read.</summary>
    public bool IsBase => slots.All(slot => slot == 0);

    /// <inheritdoc />
    public void Dispose() => tables.End(this);
}
