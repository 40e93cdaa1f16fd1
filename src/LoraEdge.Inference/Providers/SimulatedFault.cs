namespace LoraEdge.Inference;

/// <summary>Simulates a device that goes away, for tests on machines that have none: the next run fails as on a lost device.</summary>
internal sealed class SimulatedFault
{
    private int _armed;

    /// <summary>Lets the next run fail.</summary>
    public void Arm() => Volatile.Write(ref _armed, 1);

    /// <summary>Called before each run.</summary>
    /// <exception cref="DeviceLostException">It was armed.</exception>
    public void Strike()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 1)
            throw new DeviceLostException("The device was removed (simulated).");
    }
}
