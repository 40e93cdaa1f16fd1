using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>What an inference with an adapter takes against one without, merged, attached, in place, and with another player in each row of a batch; and what a player takes in memory.</summary>
internal static class ServeLatencyBenchmark
{
    private const string MergedOverBase = "mergedOverBase", AttachedOverBase = "attachedOverBase", InPlaceOverBase = "inPlaceOverBase", ManyPlayersOverBase = "manyPlayersOverBase";
    private const int Players = 1_000;
    private const int Rows = 256;
    private const double MergedTarget = 1.02, ManyTarget = 1.20, SmallAim = 1.5, InPlaceAim = 1.45;

    private static readonly (int Batch, double AttachedTarget)[] s_batches = [(1, 1.25), (32, 1.15)];

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        TimeSpan duration = TimeSpan.FromSeconds(run.Full ? 40 : 7);
        var cases = new List<LatencyCase>();
        var memory = new List<PlayerMemory>();
        foreach (ServedModel model in ServedModel.All(run))
        {
            run.Progress($"{model.Name}: merged, attached, in place, {Players} players in turn");
            var adapters = new MadeUpAdapters(model.Model);
            using var serving = new ServingModel(model.Model);
            foreach (LatencyCase one in Merged(serving, model, adapters, duration).Concat(Attached(serving, model, adapters, duration)).Concat(InPlace(serving, model, adapters, duration)).Concat(ManyPlayers(serving, model, adapters, duration)))
            {
                run.Print(one.ToString());
                cases.Add(one);
            }

            memory.Add(PlayerMemory.Measure(serving, model, adapters));
            run.Print(memory[^1].ToString());
        }

        return new
        {
            mergedOverBase = LatencyCase.Worst(cases, MergedOverBase),
            attachedOverBase = LatencyCase.Worst(cases, AttachedOverBase),
            manyPlayersOverBase = LatencyCase.Worst(cases, ManyPlayersOverBase),
            bytesPerPlayer = memory.Max(one => one.BytesPerPlayer),
            cases = cases.Concat<object>(memory),
        };
    }

    // Both through prepared calls, which copy and allocate nothing.
    private static IEnumerable<LatencyCase> Merged(ServingModel serving, ServedModel model, MadeUpAdapters adapters, TimeSpan duration)
    {
        using AdapterSlot frozen = serving.Open(), merged = serving.Open();
        merged.Publish(adapters.Of(1));
        foreach ((int batch, _) in s_batches)
        {
            using InferenceCall call = merged.Prepare(model.Inputs(batch)), baseCall = frozen.Prepare(model.Inputs(batch));
            yield return LatencyCase.Of(MergedOverBase, model, batch, PairedRatio.Measure(call.Run, baseCall.Run, duration), MergedTarget);
        }
    }

    private static IEnumerable<LatencyCase> Attached(ServingModel serving, ServedModel model, MadeUpAdapters adapters, TimeSpan duration) =>
        s_batches.Zip(Ratios(serving, model, adapters, ServingMode.Attached, duration), (batch, ratio) =>
            LatencyCase.Of(AttachedOverBase, model, batch.Batch, ratio, model.IsSmall ? SmallAim : batch.AttachedTarget, model.IsSmall));

    // Weights that are not packed: what a run costs for adapters that come fast.
    private static IEnumerable<LatencyCase> InPlace(ServingModel serving, ServedModel model, MadeUpAdapters adapters, TimeSpan duration) =>
        s_batches.Zip(Ratios(serving, model, adapters, ServingMode.InPlace, duration), (batch, ratio) => LatencyCase.Of(InPlaceOverBase, model, batch.Batch, ratio, InPlaceAim, isAim: true));

    private static IEnumerable<PairedRatio> Ratios(ServingModel serving, ServedModel model, MadeUpAdapters adapters, ServingMode mode, TimeSpan duration)
    {
        using var server = new AdapterServer(serving, adapters.Form, new ServingOptions { Mode = mode });
        using AdapterSlot frozen = server.Open(), served = server.Open();
        served.Publish(adapters.Of(1));
        if (served.Mode != mode)
            throw new InvalidOptionsException($"{model.Name} is not served {mode}: {server.Choice.Reason}");
        foreach ((int batch, _) in s_batches)
        {
            using InferenceCall call = served.Prepare(model.Inputs(batch)), baseCall = frozen.Prepare(model.Inputs(batch));
            yield return PairedRatio.Measure(call.Run, baseCall.Run, duration);
        }
    }

    // Both through calls that return outputs in memory of their own: there is no prepared call with a player in each row.
    private static IEnumerable<LatencyCase> ManyPlayers(ServingModel serving, ServedModel model, MadeUpAdapters adapters, TimeSpan duration)
    {
        using var session = new AttachedSession(serving, MadeUpAdapters.Source, players: Players);
        int[] players = [.. Enumerable.Range(1, Players).Select(player => session.Add(adapters.Of(player)))];
        IReadOnlyDictionary<string, HostTensor> rows = model.Inputs(Rows);
        int[] ofRows = [.. players.Where((_, i) => i % 3 == 0).Take(Rows)];
        PairedRatio many = PairedRatio.Measure(() => session.RunBatch(rows, ofRows), () => serving.Base.Run(rows), duration);
        yield return LatencyCase.Of(ManyPlayersOverBase, model, Rows, many, model.IsSmall ? SmallAim : ManyTarget, model.IsSmall);
    }
}
