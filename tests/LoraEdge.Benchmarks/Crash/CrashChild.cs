using System.Diagnostics;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>A <see cref="CrashProcess"/>, seen from the one that kills it.</summary>
internal sealed class CrashChild : IDisposable
{
    private readonly Process _process;
    private readonly Thread _reader;
    private readonly ManualResetEventSlim _ready = new();
    private readonly List<string> _lines = [];

    /// <summary>Starts it; it loads its libraries and waits.</summary>
    public CrashChild(string model, IEnumerable<string> folders)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(CrashChild).Assembly.Location);
        foreach (string argument in (string[])[CrashProcess.Verb, model, .. folders])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _reader = new Thread(Read);
        _reader.Start();
    }

    /// <summary>Lets it run for a while and kills it.</summary>
    /// <param name="next">Numbers of the devices' next records.</param>
    /// <param name="duration">The while.</param>
    /// <returns>What it has said.</returns>
    /// <exception cref="IOException">It ended by itself.</exception>
    public IReadOnlyList<string> RunAndKill(IEnumerable<long> next, TimeSpan duration)
    {
        _ready.Wait();
        _process.StandardInput.WriteLine(string.Join(' ', next));
        _process.StandardInput.Flush();
        bool ended = _process.WaitForExit(duration);
        Kill();
        return ended ? throw new IOException($"The process ended by itself with exit code {_process.ExitCode}, after saying: {string.Join("; ", _lines.TakeLast(3))}") : _lines;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _ready.Dispose();
    }

    // Process.Kill sends SIGKILL, which no process can catch.
    private void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _reader.Join();
    }

    private void Read()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line == CrashProcess.Ready)
                _ready.Set();
            else
                _lines.Add(line);
        }

        _ready.Set();
    }
}
