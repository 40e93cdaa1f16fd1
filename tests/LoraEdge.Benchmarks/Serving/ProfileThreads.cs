using System.Collections.Concurrent;
using System.Diagnostics;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>Threads that infer on a profile that they share and on one of their own, while other profiles come and go.</summary>
/// <param name="Inferences">Inferences of all threads.</param>
/// <param name="Opened">Profiles that came and went.</param>
/// <param name="Failures">Exceptions.</param>
/// <param name="FirstFailure">The first of them; null when there was none.</param>
internal sealed record ProfileThreads(long Inferences, int Opened, int Failures, string? FirstFailure)
{
    /// <summary>Number of threads that infer.</summary>
    public const int Count = 8;

    /// <summary>Runs them for a while.</summary>
    public static ProfileThreads Run(ServingHost host, TimeSpan duration)
    {
        var failures = new ConcurrentQueue<Exception>();
        (long inferences, int opened) = (0, 0);
        using Profile shared = host.Open("shared");
        Profile[] own = [.. Enumerable.Range(0, Count).Select(i => host.Open($"own-{i}"))];
        Thread[] threads =
        [
            .. own.Select(profile => Repeat(duration, failures, () =>
            {
                shared.Infer(host.Inputs);
                profile.Infer(host.Inputs);
                Interlocked.Add(ref inferences, 2);
            })),
            Repeat(duration, failures, () =>
            {
                using Profile profile = host.Open($"passing-{opened++ % Count}");
                profile.Infer(host.Inputs);
                profile.Record(host.Inputs, Target.Class(0));
            }),
        ];
        foreach (Thread thread in threads)
            thread.Join();
        foreach (Profile profile in own)
            profile.Dispose();
        failures.TryPeek(out Exception? first);
        return new ProfileThreads(inferences, opened, failures.Count, first?.Message);
    }

    private static Thread Repeat(TimeSpan duration, ConcurrentQueue<Exception> failures, Action action)
    {
        var thread = new Thread(() =>
        {
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration;)
            {
                try
                {
                    action();
                }
                catch (Exception error)
                {
                    // Whatever it is, it is what is counted.
                    failures.Enqueue(error);
                }
            }
        });
        thread.Start();
        return thread;
    }
}
