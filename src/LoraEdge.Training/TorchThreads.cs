using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// The number of CPU threads that libtorch computes with. It belongs to the calling thread, and a session may go on on another
/// one, so every slice sets it anew. Sums are cut by it, and with another number they round in other places.
/// </summary>
internal static class TorchThreads
{
    /// <summary>More than any machine has cores for; libtorch ends the process where the system does not give it as many as it is told.</summary>
    private const int Most = 1024;

    /// <summary>Sets the calling thread's number. Reading it takes nanoseconds, setting it makes oneDNN forget its compiled kernels.</summary>
    /// <param name="count">1 to 1024.</param>
    /// <exception cref="InvalidOptionsException">The number is outside its range, over which libtorch ends the process.</exception>
    public static void Use(int count)
    {
        if (count is < 1 or > Most)
            throw new InvalidOptionsException($"Training cannot run on {count} threads; give it 1 to {Most}.");
        if (get_num_threads() != count)
            set_num_threads(count);
    }
}
