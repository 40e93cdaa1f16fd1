using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>Counts the handles of native tensors, those that only the garbage collector would find included.</summary>
internal static class LiveTensors
{
    /// <summary>Asserts that an action leaves as many handles as there were.</summary>
    public static void AssertUnchangedBy(Action action)
    {
        long before = Settled();
        action();
        // No collection here: a handle that waits for its finalizer holds native memory that the collector knows nothing of.
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
