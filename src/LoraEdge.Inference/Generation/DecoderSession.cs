namespace LoraEdge.Inference.Generation;

/// <summary>
/// One sequence on the session that serves when it begins, whatever is published meanwhile. When a device is lost, the sequence so far
/// is computed again on what serves then. For one thread at a time.
/// </summary>
internal sealed class DecoderSession : IDisposable
{
    private readonly DecoderLayout _layout;
    private readonly AdapterSlot _slot;
    private ServingUse _use;
    private DecoderRun _run;

    /// <summary>Begins a sequence.</summary>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    public DecoderSession(DecoderLayout layout, AdapterSlot slot)
    {
        (_layout, _slot) = (layout, slot);
        (_use, _run) = Entered();
    }

    /// <summary>The adapter; null for the base model.</summary>
    public Adapter? Adapter => _use.Session.Adapter;

    /// <inheritdoc cref="DecoderRun.Feed"/>
    public ReadOnlySpan<float> Feed(IReadOnlyList<int> sequence)
    {
        while (true)
        {
            try
            {
                return _run.Feed(sequence);
            }
            catch (DeviceLostException lost)
            {
                Begin(lost);
            }
        }
    }

    /// <summary>Ends the sequence.</summary>
    public void Dispose()
    {
        _run.Dispose();
        _use.Dispose();
    }

    private void Begin(DeviceLostException lost)
    {
        _slot.Recover(_use.Session, lost);
        (ServingUse, DecoderRun) next = Entered();
        Dispose();
        (_use, _run) = next;
    }

    private (ServingUse Use, DecoderRun Run) Entered()
    {
        ServingUse use = _slot.Enter();
        try
        {
            return (use, new DecoderRun(_layout, use));
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }
}
