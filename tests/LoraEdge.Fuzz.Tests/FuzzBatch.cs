using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace LoraEdge.Fuzz.Tests;

/// <summary>
/// Runs cases in a process of their own. Where that process dies, or hangs and is ended, the case that did it is reported and
/// another process goes on behind it.
/// </summary>
/// <param name="kind"><c>models</c>, <c>inputs</c>, <c>ranks</c> or <c>attached</c>.</param>
/// <param name="seed">Seed of all cases.</param>
internal sealed class FuzzBatch(string kind, int seed)
{
    private const int MaxSeconds = 10;
    private const int MaxMegabytes = 1024;
    private const int CasesPerProcess = 500;

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, int> _results = [];
    private string _case = "", _stage = "";
    private int _next;

    /// <summary>Runs the cases numbered from 0.</summary>
    /// <returns>What went wrong, and how many cases ended in which way.</returns>
    public (IReadOnlyList<string> Problems, string Results) Run(int count)
    {
        while (_next < count)
            RunProcess(Math.Min(CasesPerProcess, count - _next));
        return (_problems, string.Join(", ", _results.OrderBy(result => result.Key, StringComparer.Ordinal).Select(result => $"{result.Value} {result.Key}")));
    }

    private void RunProcess(int count)
    {
        string[] numbers = [.. new[] { seed, _next, count }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var start = new ProcessStartInfo("dotnet", [typeof(FuzzBatch).Assembly.Location, kind, .. numbers]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var lines = new BlockingCollection<string>();
        string lastWords = "";
        process.ErrorDataReceived += (_, data) => lastWords = data.Data is { Length: > 0 } text && lastWords.Length < 300 ? lastWords + " | " + text : lastWords;
        process.OutputDataReceived += (_, data) =>
        {
            if (data.Data is null)
                lines.CompleteAdding();
            else
                lines.Add(data.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        int end = _next + count;
        while (lines.TryTake(out string? line, TimeSpan.FromSeconds(2 * MaxSeconds)))
            Take(line);
        if (lines.IsCompleted)
        {
            process.WaitForExit();
            if (_next < end)
                Lost($"ended the process ({process.ExitCode}) {lastWords}");
            return;
        }

        process.Kill();
        Lost("hung");
    }

    private void Take(string line)
    {
        string[] words = line.Split(' ', 5);
        switch (words[0])
        {
            case "case":
                (_case, _stage) = (line, "start");
                break;
            case "stage":
                _stage = line;
                break;
            case "end":
                _next++;
                Count(words[1] == "refused" ? $"refused at {words[4].Split(':')[0]}" : words[1]);
                if (words[1] == "wrong")
                    _problems.Add($"{_case}: {words[4]}");
                if (long.Parse(words[2], CultureInfo.InvariantCulture) > MaxSeconds * 1000)
                    _problems.Add($"{_case}: took {words[2]} ms");
                if (long.Parse(words[3], CultureInfo.InvariantCulture) > MaxMegabytes)
                    _problems.Add($"{_case}: took {words[3]} MB");
                break;
        }
    }

    private void Lost(string how)
    {
        _problems.Add($"{_case}: {_stage} {how}");
        Count("lost");
        _next++;
    }

    private void Count(string result) => _results[result] = _results.TryGetValue(result, out int count) ? count + 1 : 1;
}
