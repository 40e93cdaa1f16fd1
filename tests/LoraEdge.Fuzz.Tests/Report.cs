using System.Diagnostics;

namespace LoraEdge.Fuzz.Tests;

/// <summary>
/// Lines that a batch writes: <c>case INDEX DESCRIPTION</c> before each, then <c>stage NAME</c> before each stage, and
/// <c>end RESULT MILLISECONDS MEGABYTES DETAIL</c> with the time of the longest stage, so that whoever reads them knows what a process died of.
/// </summary>
internal static class Report
{
    /// <summary>Runs one case.</summary>
    public static void Run(int index, FuzzCase one)
    {
        Console.WriteLine($"case {index} {one.Description}");
        long longest = 0;
        var memory = new PeakMemory();
        var failures = new List<string>();
        string refused = "";
        foreach ((string name, Action run) in one.Stages)
        {
            Console.WriteLine($"stage {name}");
            var clock = Stopwatch.StartNew();
            try
            {
                run();
            }
            catch (LoraEdgeException error)
            {
                refused = refused.Length > 0 ? refused : $"{name}: {error.GetType().Name} {error.Message.Replace('\n', ' ')}";
            }
            catch (Exception error)
            {
                failures.Add($"{name}: {error.ToString().Replace('\n', '|')}");
            }

            longest = Math.Max(longest, clock.ElapsedMilliseconds);
        }

        string result = failures.Count > 0 ? "wrong" : refused.Length > 0 ? "refused" : "ran";
        Console.WriteLine($"end {result} {longest} {memory.Megabytes} {string.Join(" || ", failures.DefaultIfEmpty(refused))}");
    }
}
