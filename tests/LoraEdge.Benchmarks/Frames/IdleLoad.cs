using System.ComponentModel;
using System.Diagnostics;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>
/// A process that does nothing but count, under Linux's idle policy, which training runs under too: what it costs the frames is
/// what the machine makes of any second busy processor.
/// </summary>
internal sealed class IdleLoad : IDisposable
{
    private readonly Process _process;

    private IdleLoad(Process process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <returns>Null where the system has no such policy, or no <c>chrt</c> to ask for it.</returns>
    public static IdleLoad? Start()
    {
        try
        {
            return OperatingSystem.IsLinux() ? new IdleLoad(Process.Start("chrt", ["-i", "0", "sh", "-c", "while :; do :; done"])) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
