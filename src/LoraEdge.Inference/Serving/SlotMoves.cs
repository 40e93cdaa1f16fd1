using System.Diagnostics;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>
/// Moves players between the tables and sessions of their own, one at a time, on a thread of the pool. A player in the tables who has
/// just been served <see cref="SlotUse.Often"/> times gets a session; where there is no room, that of the player who was served
/// longest ago, if that was before the first of those times.
/// </summary>
internal sealed class SlotMoves(AdapterServer server) : IDisposable
{
    /// <summary>Share of its time that looking for room in vain may take, as a divisor: of thousands of players somebody always asks.</summary>
    private const int Patience = 20;

    private int _busy;
    private long _restsUntil;
    private volatile bool _disposed;

    /// <summary>Considers a slot whose player is in the tables. Returns at once; does nothing while another one is considered.</summary>
    public void Consider(AdapterSlot slot)
    {
        if (_disposed || Stopwatch.GetTimestamp() < Volatile.Read(ref _restsUntil) || Interlocked.Exchange(ref _busy, 1) == 1)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Run(slot), null);
    }

    /// <summary>No move begins any more.</summary>
    public void Dispose() => _disposed = true;

    private void Run(AdapterSlot slot)
    {
        long begun = Stopwatch.GetTimestamp();
        bool isMoved = false;
        try
        {
            isMoved = !_disposed && TryPromote(slot);
        }
        catch (Exception error) when (error is LoraEdgeException or ObjectDisposedException)
        {
            // The player stays in the tables: the move was for speed only.
        }
        finally
        {
            long now = Stopwatch.GetTimestamp();
            Volatile.Write(ref _restsUntil, isMoved ? now : now + (Patience * (now - begun)));
            Volatile.Write(ref _busy, 0);
        }
    }

    private bool TryPromote(AdapterSlot slot)
    {
        if (slot.Current is not AttachedPlayer { Adapter: { } adapter } present)
            return false;
        MergedSession? merged = server.TryMerge(adapter);
        if (merged is null && server.CouldMerge(adapter) && TryDemoteFor(slot))
            merged = server.TryMerge(adapter);
        return merged is not null && TryExchange(slot, present, merged);
    }

    private bool TryExchange(AdapterSlot slot, ServingSession present, MergedSession merged)
    {
        bool agrees = false;
        try
        {
            agrees = Agree(merged, present);
        }
        finally
        {
            if (!agrees)
                merged.Dispose();
        }

        bool isMoved = agrees && slot.TryExchange(present, merged);
        if (isMoved)
            ServingMetrics.AddMove(ServingMode.Merged);
        return isMoved;
    }

    // Who runs at this moment gives the memory back afterwards: then there is room the next time.
    private bool TryDemoteFor(AdapterSlot slot)
    {
        AdapterSlot? idle = server.Slots
            .Where(other => other.Current is MergedSession { Adapter: { } adapter } && server.CanAttach(adapter))
            .OrderBy(other => other.Use.Last)
            .FirstOrDefault();
        if (idle is null || idle.Use.Last >= slot.Use.Since || idle.Current is not MergedSession { Adapter: { } moved } session)
            return false;
        bool isMoved = idle.TryExchange(session, server.Attach(moved));
        if (isMoved)
            ServingMetrics.AddMove(ServingMode.Attached);
        return isMoved;
    }

    private bool Agree(ServingSession merged, ServingSession attached)
    {
        IReadOnlyDictionary<string, HostTensor> inputs = ParityInputs.For(server.Model.Model);
        return SessionAgreement.Difference(server.Model.Model, merged.Run(inputs), attached.Run(inputs)) is null;
    }
}
