using System.Runtime.InteropServices;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Lets libtorch ask Linux for pages of two megabytes for blocks from that size on: the scores over a vocabulary would
/// otherwise cost thousands of page faults whenever they are computed, a fifth of their product.
/// </summary>
internal static class HugePages
{
    /// <summary>Where libtorch reads it, once and for the whole process, when it takes its first block.</summary>
    private const string Variable = "THP_MEM_ALLOC_ENABLE";

    /// <summary>Asks for them, unless the user has decided already. Called before libtorch is loaded; does nothing but on Linux.</summary>
    public static void Allow()
    {
        // Not through .NET, whose variables native code does not see.
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            setenv(Variable, "1", 0);
    }

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int setenv(string name, string value, int overwrite);
}
