namespace LoraEdge.Inference;

/// <summary>What one run reads of the B tables; disposing it ends the run.</summary>
/// <param name="tables">The tables.</param>
/// <param name="feed">What the run is fed; null where all rows are the base's.</param>
/// <param name="ticket">What tells the run from others.</param>
internal sealed class TableRead(PlayerTables tables, TableFeed? feed, long ticket) : IDisposable
{
    /// <summary>What the run is fed; null where all rows are the base's.</summary>
    public Feed? Feed => feed;

    /// <inheritdoc />
    public void Dispose()
    {
        if (feed is null)
            return;
        tables.End(ticket);
        feed.Leave();
        feed.Dispose();
    }
}
