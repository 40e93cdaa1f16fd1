namespace LoraEdge.Inference;

/// <summary>Who opened a slot: builds its sessions, and hears of its use.</summary>
internal interface ISlotOwner
{
    /// <summary>The model.</summary>
    ServingModel Model { get; }

    /// <summary>Builds the session for an adapter, on the calling thread.</summary>
    ServingSession Build(Adapter adapter);

    /// <summary>The slot was used <see cref="SlotUse.Often"/> times since the last call. On the thread of a run: returns at once.</summary>
    void IsUsed(AdapterSlot slot);

    /// <summary>The slot was disposed.</summary>
    void Closed(AdapterSlot slot);
}
