using System.Globalization;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>The other side of <see cref="CrashBenchmark"/>: a process that records, trains, promotes and syncs until it is killed.</summary>
internal static class CrashProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "run-until-killed";

    /// <summary>What it says when its libraries are loaded and it waits for the numbers of its devices' next records.</summary>
    public const string Ready = "ready";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(8);

    /// <summary>Runs; arguments are the verb, the model's path and the two devices' storage folders.</summary>
    public static int Run(string[] arguments)
    {
        string model = arguments[1];
        WarmUp(model);
        Console.WriteLine(Ready);
        if (Console.ReadLine() is not { } order)
            return 0;
        new Thread(EndWithParent) { IsBackground = true }.Start();
        long[] next = [.. order.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        var first = new CrashDevice("A", model, arguments[2], next[0]);
        var second = new CrashDevice("B", model, arguments[3], next[1]);
        for (int turn = 0; ; turn++)
        {
            first.Turn(turn);
            second.Turn(turn);
            if (turn % 10 == 5)
                first.CopyTo(second);
            if (turn % 10 == 0)
                second.CopyTo(first);
            Thread.Sleep(s_pause);
        }
    }

    /// <summary>Loads the libraries and compiles what is used, without touching the disk.</summary>
    private static void WarmUp(string model)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(CrashPlayer.Options(model, null, new LoraFaTrainer()));
        Profile profile = plugin.OpenProfile(CrashPlayer.Profile);
        for (int number = 0; number < 40; number++)
            profile.Record(CrashPlayer.Inputs(number), CrashPlayer.Choice(number), CrashPlayer.Weight(number));
        profile.StartTraining();
        while (profile.IsTraining)
        {
            plugin.Tick();
            Thread.Sleep(1);
        }
    }

    private static void EndWithParent()
    {
        while (Console.ReadLine() is not null)
        {
        }

        Environment.Exit(1);
    }
}
