namespace LoraEdge.Benchmarks.Serving;

/// <summary>
/// Whether profiles that come and go leave anything behind: 100 of them opened, used and closed in 20 rounds; threads that infer
/// meanwhile; and what an inference of a prepared call allocates.
/// </summary>
internal static class ProfilesBenchmark
{
    private const int FirstRounds = 3;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        IReadOnlyList<ServedModel> models = ServedModel.All(run);
        AllocationCase[] allocations = [.. models.Select(AllocationCase.Measure)];
        foreach (AllocationCase one in allocations)
            run.Print(FormattableString.Invariant($"{one.Model,-14} {one.AllocationPerInfer} bytes an inference"));
        using var host = new ServingHost(models[0]);
        IReadOnlyList<RoundMemory> rounds = ProfileRounds.Run(run, host);
        double growth = (double)rounds.Skip(FirstRounds).Max(round => round.ResidentBytes) / rounds[FirstRounds - 1].ResidentBytes;
        run.Print(FormattableString.Invariant($"{rounds.Count} rounds of {ProfileRounds.Profiles} profiles: after round {FirstRounds} memory grows to {growth:F3} at most"));
        ProfileThreads threads = ProfileThreads.Run(host, TimeSpan.FromSeconds(run.Full ? 60 : 15));
        run.Print($"{ProfileThreads.Count} threads, {threads.Inferences} inferences while {threads.Opened} profiles came and went: {threads.Failures} failures");
        return new
        {
            growthAfterRound3 = growth,
            failures = threads.Failures,
            allocationPerInfer = allocations.Max(one => one.AllocationPerInfer),
            memoryByRound = rounds,
            profiles = ProfileRounds.Profiles,
            threads,
            cases = allocations,
        };
    }
}
