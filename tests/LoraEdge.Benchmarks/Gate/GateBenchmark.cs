using LoraEdge.Benchmarks.Personalization;
using LoraEdge.Onnx;
using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>
/// What a plugin that adapts by itself serves: to people from whom nothing can be learned, to people whom an adapter would
/// help, and after logs that have gone wrong.
/// </summary>
internal static class GateBenchmark
{
    private const int NullLength = 1000, BadLength = 1000, BadLogs = 12;

    /// <summary>Records that say how much worse what is served is: so many that chance alone (a deviation of 0.2 nats a record) is below 0.004.</summary>
    private const int BadHeldOut = 3000;

    /// <summary>Nats by which what is served may be worse than the base.</summary>
    private const double MostHarm = 0.01;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        string folder = Directory.CreateTempSubdirectory("loraedge-").FullName;
        try
        {
            return Run(run, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object Run(BenchmarkRun run, string folder)
    {
        RpsPeople people = RpsPeople.Read(run.Data);
        OnnxModel rps = RpsBase.Train(people.Known);
        string path = Path.Combine(folder, "rps.onnx");
        rps.Save(path);
        var model = new GateModel(path, RpsNetwork.Objective, RpsBase.Project(rps, people.Known), RpsBase.Training);
        run.Progress($"base of {people.Known.Count} people, loss on {people.Test.Count} others {RpsBase.Loss(rps, people.Test):F4}");
        double promotedShare = Null(run, model, rps, people);
        PowerFigures persons = Power(run, model, people);
        PowerFigures players = Chess(run);
        IReadOnlyList<(string Case, double[] Gains)> bad = Bad(run, model, people);
        return new
        {
            promotedShare,
            powerShare100 = persons.ShareBy(100),
            powerShare300 = persons.ShareBy(300),
            powerShare1000 = players.ShareBy(1000),
            servedWorse = bad.Sum(one => one.Gains.Count(gain => gain < -MostHarm)),
            nullPeople = NullPeople(run, people).Length,
            rps = persons.ToJson(),
            chess = players.ToJson(),
            bad = bad.Select(one => new { name = one.Case, logs = one.Gains.Length, worstGain = one.Gains.Min(), served = one.Gains.Count(gain => gain != 0) }),
        };
    }

    private static double Null(BenchmarkRun run, GateModel model, OnnxModel rps, RpsPeople people)
    {
        RpsPerson[] some = NullPeople(run, people);
        GatedLog[] played = GatedPlugin.PlayAll(model, NullLogs.Draw(rps, some, NullLength, seed: 1));
        int promoted = played.Count(log => log.IsPromotedBy(NullLength));
        run.Print($"null: {promoted} of {some.Length} people promoted within {NullLength} records");
        return promoted / (double)some.Length;
    }

    /// <summary>Those whom the base knows are as good as others here: the targets are drawn.</summary>
    private static RpsPerson[] NullPeople(BenchmarkRun run, RpsPeople people) =>
        [.. people.Test.Concat(people.Known).Where(person => person.Rounds.Count > 0).Take(run.Full ? int.MaxValue : 200)];

    private static PowerFigures Power(BenchmarkRun run, GateModel model, RpsPeople people)
    {
        RpsPerson[] persons = [.. people.Test.Where(person => person.Rounds.Count > RpsPeople.TrainedRounds + 50)];
        IReadOnlyList<Interaction>[] logs = [.. persons.Select(RpsNetwork.Records)];
        double[] gains = Each(logs, log => model.Gain(model.Ungated([.. log.Take(RpsPeople.TrainedRounds)]), [.. log.Skip(RpsPeople.TrainedRounds)]));
        return Report(run, "rock, paper, scissors", new PowerFigures(gains, GatedPlugin.PlayAll(model, logs)), 100, 300);
    }

    private static PowerFigures Chess(BenchmarkRun run)
    {
        const int moves = 1000;
        PolicyModel policy = PolicyModel.Load();
        var model = new GateModel(policy.Path, PolicyRecord.Objective, policy.Projection(1), new TrainingOptions());
        PlayerLog[] players = [.. PersonalizationBenchmark.Logs(PersonalizationBenchmark.TestFiles(run), moves, run)];
        IReadOnlyList<Interaction>[] logs = [.. players.Select(player => player.Records().ToArray())];
        double[] gains = Each([.. players.Zip(logs)], pair => model.Gain(model.Ungated(pair.Second), [.. pair.First.TestDecisions.Take(moves).Select(decision => decision.ToRecord())]));
        return Report(run, "chess", new PowerFigures(gains, GatedPlugin.PlayAll(model, logs)), 100, 300, 1000);
    }

    private static IReadOnlyList<(string Case, double[] Gains)> Bad(BenchmarkRun run, GateModel model, RpsPeople people)
    {
        var figures = new List<(string, double[])>();
        Interaction[] all = [.. people.Test.SelectMany(RpsNetwork.Records)];
        int length = Math.Min(BadLength, all.Length / 4), heldOut = Math.Min(BadHeldOut, all.Length - length);
        int count = run.Full ? 4 * BadLogs : BadLogs;
        foreach (BadLog bad in BadLog.All)
        {
            var spoiled = new (IReadOnlyList<Interaction> Log, IReadOnlyList<Interaction> HeldOut)[count];
            for (int i = 0; i < count; i++)
            {
                Interaction[] records = OneSource(all, i * length, length + heldOut, new Random(i));
                spoiled[i] = bad.Spoil(records[..length], records[length..], new Random(i));
            }

            GatedLog[] played = GatedPlugin.PlayAll(model, [.. spoiled.Select(one => one.Log)]);
            double[] gains = Each([.. played.Zip(spoiled)], pair => model.Gain(pair.First.Served, pair.Second.HeldOut));
            run.Print($"{bad.Name,-28} {count} logs, {played.Sum(log => log.PromotedAt.Count)} promotions, {played.Count(log => log.Served is not null)} served, gain at worst {gains.Min():F4}, mean {gains.Average():F4}");
            figures.Add((bad.Name, gains));
        }

        return figures;
    }

    /// <summary>Rounds of some people, shuffled, so that those held out are from the same source as the log.</summary>
    private static Interaction[] OneSource(Interaction[] all, int start, int count, Random random)
    {
        Interaction[] records = [.. Enumerable.Range(start, count).Select(at => all[at % all.Length])];
        random.Shuffle(records);
        return records;
    }

    private static PowerFigures Report(BenchmarkRun run, string name, PowerFigures figures, params ReadOnlySpan<int> counts)
    {
        string shares = "";
        foreach (int count in counts)
            shares += $", {figures.ShareBy(count):P0} by {count}";
        run.Print($"{name}: the ungated candidate helps {figures.Helped} of {figures.People} (mean gain {figures.MeanGain:F4}); of these promoted{shares}");
        return figures;
    }

    private static double[] Each<T>(IReadOnlyList<T> items, Func<T, double> figure)
    {
        double[] figures = new double[items.Count];
        Parallel.For(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => figures[i] = figure(items[i]));
        return figures;
    }
}
