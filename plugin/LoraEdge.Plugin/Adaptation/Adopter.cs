using LoraEdge.Inference;

namespace LoraEdge.Adaptation;

/// <summary>
/// Puts an adapter into use: builds its session, compares it with training, stores it, swaps it in. The session and the file are
/// made from the same bytes, and the file is written only when the session stands and computes what training does, so that the
/// adapter in use and the one on disk differ at no moment but between writing and swapping.
/// </summary>
internal sealed class Adopter(LoraEdgePlugin plugin, ProfileStore store, AdapterSlot slot, WriteGate gate)
{
    /// <summary>The adapter in use; null for the base.</summary>
    public Adapter? Used => slot.Adapter;

    /// <summary>Path of the file that adapters are stored in; null when the host stores none.</summary>
    public string? Path => plugin.Options.StorageFolder is null ? null : store.OwnPath;

    /// <summary>What it has learned from; for the base what was forgotten or rolled back.</summary>
    public VersionVector Vector { get; private set; } = store.Forgotten;

    /// <summary>Why the base serves and not what is stored, which does not fit the model; null when it does.</summary>
    public AdapterMismatchException? Unfit { get; private set; }

    /// <summary>
    /// Serves this device's newest generation; without one, what other devices have learned; and the base where that does not fit
    /// the model: a file that another program has put there must not keep a player out.
    /// </summary>
    public void ServeStored()
    {
        (Adapter? adapter, VersionVector vector) = store.Own is { } own ? (own.Adapter, own.Origin.Vector)
            : (store.Effective?.Adapter, store.Effective?.Vector ?? store.Forgotten);
        try
        {
            Serve(adapter, vector);
        }
        catch (AdapterMismatchException error)
        {
            Serve(null, vector);
            Unfit = error;
        }
    }

    /// <summary>Serves an adapter that is stored already; null, and one that changes nothing, for the base.</summary>
    public void Serve(Adapter? adapter, VersionVector vector)
    {
        slot.Publish(adapter is { IsZero: false } ? adapter : null);
        (Vector, Unfit) = (vector, null);
    }

    /// <summary>Stores a trained adapter and serves it.</summary>
    /// <param name="trained">The adapter.</param>
    /// <param name="from">What the adapter that it grew from had learned from.</param>
    /// <param name="newRecords">Records of this device that it has learned from besides.</param>
    /// <param name="record">A record, for sizes that the model leaves open.</param>
    /// <param name="trainer">The trainer, to compare with.</param>
    /// <param name="cancelled">Keeps it from being stored.</param>
    /// <exception cref="LoraEdgeException">It cannot be served or stored; what served before serves on.</exception>
    public StoredGeneration Adopt(Adapter trained, VersionVector from, long newRecords, Interaction record, IAdapterTrainer trainer, CancellationToken cancelled)
    {
        AdapterPrecision precision = plugin.Options.AdapterPrecision;
        Adapter rounded = AdapterFile.Read(AdapterFile.Write(trained, precision), "the trained adapter");
        ServingSession session = plugin.Server.Build(rounded);
        try
        {
            plugin.Parity.RequireAdapter(trainer, session, record);
            return gate.Write(() =>
            {
                cancelled.ThrowIfCancellationRequested();
                StoredGeneration stored = store.Save(rounded, from, newRecords);
                plugin.Parity.StoreFindings();
                slot.Swap(session);
                (Vector, Unfit) = (stored.Origin.Vector, null);
                return stored;
            });
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Stores an earlier generation again, or the base, and serves it.</summary>
    public void RollBack(StoredGeneration? earlier) => gate.Write(() =>
    {
        StoredGeneration stored = store.RollBack(earlier);
        Serve(stored.Adapter, stored.Origin.Vector);
    });
}
