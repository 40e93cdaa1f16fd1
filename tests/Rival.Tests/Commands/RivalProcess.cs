using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rival.Tests.Commands;

/// <summary>The built program, run as a user runs it.</summary>
internal sealed class RivalProcess : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly Task<string> _error;

    private RivalProcess(string assembly, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs the program to its end.</summary>
    internal static (int ExitCode, string[] Output, string[] Error) Run(params string[] arguments)
    {
        using RivalProcess rival = Start(arguments);
        return rival.WaitForExit();
    }

    /// <summary>Runs the benchmarks' program to its end.</summary>
    internal static (int ExitCode, string[] Output, string[] Error) RunBenchmark(params string[] arguments)
    {
        using var benchmark = new RivalProcess("LoraEdge.Benchmarks.dll", arguments);
        return benchmark.WaitForExit();
    }

    internal static RivalProcess Start(params string[] arguments) => new("Rival.dll", arguments);

    /// <summary>Ctrl+C.</summary>
    internal void Interrupt()
    {
        const int Sigint = 2;
        if (Kill(_process.Id, Sigint) != 0)
            throw new InvalidOperationException($"kill failed with {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Reads the output up to a line that begins so.</summary>
    internal void WaitForLine(string start)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            _output.Add(line);
            if (line.StartsWith(start, StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException($"No line began with '{start}': {string.Join('\n', _output)} {_error.Result}");
    }

    internal (int ExitCode, string[] Output, string[] Error) WaitForExit()
    {
        using var killer = new Timer(_ => _process.Kill(), null, s_longest, Timeout.InfiniteTimeSpan);
        _output.AddRange(Lines(_process.StandardOutput.ReadToEnd()));
        _process.WaitForExit();
        return (_process.ExitCode, [.. _output], Lines(_error.Result));
    }

    public void Dispose() => _process.Dispose();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
