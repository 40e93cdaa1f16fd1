namespace LoraEdge.Benchmarks.Serving;

/// <summary>Rounds in which profiles are opened, all of them at once, used and closed again.</summary>
internal static class ProfileRounds
{
    /// <summary>Profiles of a round.</summary>
    public const int Profiles = 100;

    private const int Rounds = 20;
    private const int Records = 4;

    /// <summary>Runs them.</summary>
    /// <returns>Memory after each.</returns>
    public static IReadOnlyList<RoundMemory> Run(BenchmarkRun run, ServingHost host)
    {
        var memory = new List<RoundMemory>();
        for (int round = 1; round <= Rounds; round++)
        {
            Use(host);
            memory.Add(new RoundMemory(round, ResidentMemory.AfterCollection(), GC.GetTotalMemory(forceFullCollection: false)));
            run.Progress(FormattableString.Invariant($"round {round}: {memory[^1].ResidentBytes / 1e6:F1} MB resident, {memory[^1].ManagedBytes / 1e6:F1} MB managed"));
        }

        return memory;
    }

    private static void Use(ServingHost host)
    {
        var open = new List<Profile>();
        for (int i = 0; i < Profiles; i++)
        {
            Profile profile = host.Open($"player-{i}");
            open.Add(profile);
            profile.Infer(host.Inputs);
            for (int record = 0; record < Records; record++)
                profile.Record(host.Inputs, Target.Class(record));
        }

        foreach (Profile profile in open)
            profile.Infer(host.Inputs);
        foreach (Profile profile in open)
            profile.Dispose();
    }
}
