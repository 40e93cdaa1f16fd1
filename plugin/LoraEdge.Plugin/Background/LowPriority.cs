using System.Runtime.InteropServices;

namespace LoraEdge.Background;

/// <summary>
/// Gives the calling thread a priority that the operating system honours: on Linux <see cref="ThreadPriority"/> leaves the nice
/// value as it is. To be called before the thread's first call into libtorch, so that the threads that libtorch starts inherit it.
/// </summary>
internal static class LowPriority
{
    private const int LowestNice = 19;
    private const int ProcessOrThread = 0;
    private const int IdlePolicy = 5; // SCHED_IDLE
    private const int BackgroundQuality = 0x09; // QOS_CLASS_BACKGROUND
    private const int BackgroundMode = 0x00010000; // THREAD_MODE_BACKGROUND_BEGIN: processor, disk and memory

    /// <summary>Lowers the calling thread's priority, for the rest of its life.</summary>
    /// <returns>Whether the system has accepted it; training works all the same without.</returns>
    public static bool Apply()
    {
        try
        {
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
                return SetThreadPriority(GetCurrentThread(), BackgroundMode);
            if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
                return SetQualityOfService(BackgroundQuality, 0) == 0;
            // On Linux and Android, 0 means the calling thread here, though the standard says its process.
            return SetPriority(ProcessOrThread, 0, LowestNice) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// On Linux, lets the calling thread run only where nothing else wants to, for the rest of its life. A thread of nice 19 still
    /// takes a whole tick, 4 ms at 250 Hz, out of a frame now and then when both meet on one processor.
    /// </summary>
    /// <returns>Whether the system has accepted it; false on other systems, where <see cref="Apply"/> has done as much.</returns>
    public static bool GiveWay()
    {
        int priority = 0;
        try
        {
            return RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && SetScheduler(0, IdlePolicy, ref priority) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, ref int priority);

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int who, int nice);

    [DllImport("libSystem.dylib", EntryPoint = "pthread_set_qos_class_self_np")]
    private static extern int SetQualityOfService(int quality, int relative);

    [DllImport("kernel32")]
    private static extern IntPtr GetCurrentThread();

    [DllImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetThreadPriority(IntPtr thread, int priority);
}
