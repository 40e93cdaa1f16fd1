namespace LoraEdge.Fuzz.Tests.Running;

/// <summary>The most memory that this process had resident; only Linux can begin anew.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets the peak so far.</summary>
    /// <returns>Bytes resident now.</returns>
    public static long Restart()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
        return Bytes();
    }

    /// <summary>The peak.</summary>
    public static long Bytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
