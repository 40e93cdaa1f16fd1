using System.Diagnostics;
using LoraEdge.Background;
using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>Exchanges adapters in turn, on a thread of the priority that the plugin's training thread has.</summary>
internal sealed class SwapThread : IDisposable
{
    private readonly Thread _thread;

    /// <summary>Starts it.</summary>
    /// <param name="slot">Where adapters are published.</param>
    /// <param name="adapters">The adapters, the one in use first.</param>
    /// <param name="swaps">How many to publish.</param>
    /// <param name="interval">Time between the beginnings of two swaps, at least.</param>
    public SwapThread(AdapterSlot slot, IReadOnlyList<Adapter> adapters, int swaps, TimeSpan interval)
    {
        _thread = new Thread(() => Swap(slot, adapters, swaps, interval)) { IsBackground = true, Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>Whether swaps are left.</summary>
    public bool IsRunning => _thread.IsAlive;

    /// <summary>Waits for the last swap.</summary>
    public void Dispose() => _thread.Join();

    private static void Swap(AdapterSlot slot, IReadOnlyList<Adapter> adapters, int swaps, TimeSpan interval)
    {
        LowPriority.Apply();
        LowPriority.GiveWay();
        for (int i = 1; i <= swaps; i++)
        {
            var watch = Stopwatch.StartNew();
            slot.Publish(adapters[i % adapters.Count]);
            if (interval - watch.Elapsed is var left && left > TimeSpan.Zero)
                Thread.Sleep(left);
        }
    }
}
