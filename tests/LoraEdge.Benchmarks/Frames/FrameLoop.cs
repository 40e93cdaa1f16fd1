using System.Diagnostics;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>A loop of 60 frames a second.</summary>
internal static class FrameLoop
{
    /// <summary>How long a frame lasts.</summary>
    public static TimeSpan Frame { get; } = TimeSpan.FromSeconds(1.0 / 60);

    /// <summary>Runs frames for a while; one that comes late does not make the next one come sooner.</summary>
    public static void Run(TimeSpan duration, Action frame)
    {
        var watch = Stopwatch.StartNew();
        Run(() => watch.Elapsed < duration, frame);
    }

    /// <summary>Runs frames as long as something holds.</summary>
    public static void Run(Func<bool> goesOn, Action frame)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan next = TimeSpan.Zero;
        while (goesOn())
        {
            frame();
            next = next + Frame > watch.Elapsed ? next + Frame : watch.Elapsed;
            if (next - watch.Elapsed is var left && left > TimeSpan.Zero)
                Thread.Sleep(left);
        }
    }
}
