namespace LoraEdge.Benchmarks.Serving;

/// <summary>Memory of this process.</summary>
internal static class ResidentMemory
{
    /// <summary>Resident bytes, after the garbage collector has given back what it could.</summary>
    public static long AfterCollection()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return Environment.WorkingSet;
    }
}
