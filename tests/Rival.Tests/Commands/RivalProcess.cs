using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rival.Tests.Commands;

/// <summary>The built program, run as a user runs it.</summary>
internal sealed class RivalProcess : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RivalProcess(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Rival.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Runs the program to its end.</summary>
    internal static (int ExitCode, string[] Output, string[] Error) Run(params string[] arguments)
    {
        using RivalProcess rival = Start(arguments);
        return rival.WaitForExit();
    }

    internal static RivalProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Ctrl+C.</summary>
    internal void Interrupt()
    {
        const int Sigint = 2;
        if (Kill(_process.Id, Sigint) != 0)
            throw new InvalidOperationException($"kill failed with {Marshal.GetLastPInvokeError()}");
    }

    internal (int ExitCode, string[] Output, string[] Error) WaitForExit()
    {
        if (!_process.WaitForExit(s_longest))
            _process.Kill();
        return (_process.ExitCode, Lines(_output.Result), Lines(_error.Result));
    }

    public void Dispose() => _process.Dispose();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
