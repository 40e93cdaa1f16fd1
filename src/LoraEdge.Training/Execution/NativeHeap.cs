using System.Runtime.InteropServices;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The C library's heap, which libtorch takes its memory from. glibc serves what is freed and taken again from pages that it
/// never gives back, and tensors of many sizes leave holes in them: a training step then takes two to three times the memory
/// that its tensors need.
/// </summary>
internal static class NativeHeap
{
    private const int MapThreshold = -3;
    private const int MappedFromBytes = 256 << 10;

    /// <summary>
    /// Lets blocks from a quarter of a megabyte on be given back to the system as soon as they are freed, in this process and
    /// for good. The price is the system's work to hand out fresh pages. Does nothing but on Linux with glibc.
    /// </summary>
    public static void GiveBackLargeBlocks()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            return;
        try
        {
            mallopt(MapThreshold, MappedFromBytes);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, whose heap behaves otherwise.
        }
    }

    /// <summary>Gives the pages that hold nothing at present back to the system. Does nothing but on Linux with glibc.</summary>
    public static void GiveBackUnused()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            return;
        try
        {
            malloc_trim(UIntPtr.Zero);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, whose heap behaves otherwise.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int mallopt(int parameter, int value);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int malloc_trim(UIntPtr pad);
}
