using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// The number of CPU threads that libtorch computes with. It belongs to the calling thread, and a session may go on on another
/// one, so every slice sets it anew. Sums are cut by it, and with another number they round in other places.
/// </summary>
internal static class TorchThreads
{
    /// <summary>Sets the calling thread's number. Reading it takes nanoseconds, setting it makes oneDNN forget its compiled kernels.</summary>
    public static void Use(int count)
    {
        if (get_num_threads() != count)
            set_num_threads(count);
    }
}
