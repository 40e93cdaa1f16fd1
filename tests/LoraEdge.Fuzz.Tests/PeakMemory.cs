using System.Diagnostics;

namespace LoraEdge.Fuzz.Tests;

/// <summary>How much more memory the process has had at a time than at the start: resident, managed and native.</summary>
internal sealed class PeakMemory
{
    private const string Clear = "/proc/self/clear_refs";
    private readonly long _start;

    public PeakMemory()
    {
        // Forgets earlier peaks, where the system can.
        if (File.Exists(Clear))
            File.WriteAllText(Clear, "5");
        using Process process = Process.GetCurrentProcess();
        _start = process.WorkingSet64;
    }

    public long Megabytes
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return Math.Max(0, process.PeakWorkingSet64 - _start) >> 20;
        }
    }

}
