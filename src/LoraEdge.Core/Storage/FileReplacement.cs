using System.Runtime.InteropServices;

namespace LoraEdge;

/// <summary>Two system calls that .NET does not offer everywhere: rename over an existing file, and flush a folder.</summary>
internal static class FileReplacement
{
    // Windows refuses to replace a file that anyone has open, a virus scanner for one; that passes within milliseconds.
    private const int WindowsAttempts = 20;
    private const int WindowsPauseMs = 10;

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Renames a file over another one in the same folder, atomically.</summary>
    public static void Rename(string from, string to)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                RenameOnce(from, to);
                return;
            }
            catch (Exception e) when (IsWindows && attempt < WindowsAttempts && (e is IOException or UnauthorizedAccessException))
            {
                Thread.Sleep(WindowsPauseMs);
            }
        }
    }

    private static void RenameOnce(string from, string to)
    {
#if NETSTANDARD2_0
        bool renamed = IsWindows ? MoveFileEx(from, to, ReplaceExisting | WriteThrough) : RenameUnix(Utf8(from), Utf8(to)) == 0;
        if (!renamed)
            throw new IOException($"'{to}' could not be replaced (system error {Marshal.GetLastWin32Error()}). The old file is unchanged.");
#else
        File.Move(from, to, overwrite: true);
#endif
    }

    /// <summary>
    /// Makes a rename survive a loss of power, where the system allows it. A failure is ignored: without it the old file
    /// may come back, which is valid too.
    /// </summary>
    public static void TryFlushFolder(string folder)
    {
        if (IsWindows)
            return;
        try
        {
            int descriptor = Open(Utf8(folder), 0);
            if (descriptor < 0)
                return;
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A platform without this C library.
        }
    }

    private static byte[] Utf8(string path) => System.Text.Encoding.UTF8.GetBytes(path + "\0");

#if NETSTANDARD2_0
    private const int ReplaceExisting = 1;
    private const int WriteThrough = 8;

    [DllImport("kernel32", EntryPoint = "MoveFileExW", CharSet = CharSet.Unicode, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool MoveFileEx(string from, string to, int flags);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static extern int RenameUnix(byte[] from, byte[] to);
#endif

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
