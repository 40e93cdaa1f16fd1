using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model, whole or damaged, served with two players' adapters attached and in place: each must get what a merged session computes. Sharing weights must change no bit.</summary>
internal static class AttachedCase
{
    private const double Share = 0.3;

    /// <summary>Makes the case of a number; the same for the same seed.</summary>
    public static FuzzCase Make(int seed, int index)
    {
        var random = new Random(unchecked((seed * 5_000_011) + index));
        FuzzSeed whole = SeedModels.Draw(random);
        (byte[] model, string how) = random.Percent(30) ? (whole.Model, "whole") : ModelMutator.Mutate(whole.Model, random);
        return new FuzzCase($"{whole.Name}: {how}", Stages(whole with { Model = model }, random));
    }

    private static IEnumerable<(string Name, Action Run)> Stages(FuzzSeed seed, Random random)
    {
        OnnxModel? model = null;
        AdaptableLayer[] layers = [];
        IReadOnlyDictionary<string, HostTensor>? inputs = null;
        ServingModel? serving = null;
        AttachedSession? session = null;
        ServedAdapter[] players = [];
        int rank = random.Next(1, 4);
        yield return ("parse", () => model = OnnxModel.Parse(seed.Model, "fuzz"));
        if (model is null)
            yield break;
        yield return ("layers", () => layers = Attachable(model));
        if (layers.Length == 0)
            yield break;
        yield return ("inputs", () => inputs = GeneratedInputs.For(model, seed, random));
        yield return ("open", () => serving = new ServingModel(model));
        if (serving is null || inputs is null)
            yield break;
        yield return ("share", () => RequireSameBits(model, inputs));
        yield return ("attach", () => session = new AttachedSession(serving, new SeededProjection(0), rank, layers, players: random.Next(3), example: inputs));
        yield return ("merge", () => players = [.. Enumerable.Range(0, 2).Select(_ => new ServedAdapter(serving, layers, rank, Share, random.Next(), inputs))]);
        if (session is not null && players.Length > 0)
        {
            int[] numbers = [];
            yield return ("add", () => numbers = [.. players.Select(player => session.Add(player.Adapter))]);
            if (numbers.Length > 0)
            {
                yield return ("serve one", () => RequireOne(session, numbers, players, inputs));
                yield return ("serve rows", () => RequireRows(session, numbers, players, inputs));
            }
        }

        if (players.Length > 0 && InPlaceWeights.Objection(serving, layers) is null)
            yield return ("in place", () => RequireInPlace(serving, layers, players, inputs));
        session?.Dispose();
        serving.Dispose();
    }

    private static AdaptableLayer[] Attachable(OnnxModel model) =>
        [.. AdaptableLayers.Find(model.Graph).Layers.Where(layer => model.Opsets.TryGetValue("", out long opset) && AttachedModel.Objection(layer, opset) is null).OrderBy(layer => layer.InitializerIndex)];

    /// <summary>Sessions that read the same weights, however small these are, against one with weights of its own.</summary>
    private static void RequireSameBits(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        var weights = new SharedWeights(model, smallest: 1);
        var random = new RandomValues(model.Graph);
        using var alone = new MergedSession(model);
        using var first = new MergedSession(model, new SessionSettings(), weights);
        using var second = new MergedSession(model, new SessionSettings(), weights);
        weights.Close();
        IReadOnlyDictionary<string, HostTensor> expected = alone.Run(inputs), one = first.Run(inputs), other = second.Run(inputs);
        foreach (string name in expected.Keys.Where(name => !random.Contains(name)))
        {
            if (!one[name].Bytes.AsSpan().SequenceEqual(expected[name].Bytes) || !other[name].Bytes.AsSpan().SequenceEqual(expected[name].Bytes))
                throw new InvalidOperationException($"'{name}' has other bits with shared weights.");
        }
    }

    // Merged sessions have run on these inputs, and no rows need be told apart for one player.
    private static void RequireOne(AttachedSession session, int[] numbers, ServedAdapter[] players, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        try
        {
            for (int i = 0; i < players.Length; i++)
                players[i].RequireClose(session.Run(inputs, numbers[i]), row: null, of: 1);
        }
        catch (InvalidInputException error)
        {
            throw new InvalidOperationException("A merged session takes these inputs.", error);
        }
    }

    /// <summary>One set of buffers after another, and the first again.</summary>
    private static void RequireInPlace(ServingModel serving, AdaptableLayer[] layers, ServedAdapter[] players, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using var weights = new InPlaceWeights(serving, layers, threads: 2);
        try
        {
            foreach (ServedAdapter player in players.Concat(players))
            {
                using InPlaceSession session = weights.Build(player.Adapter);
                player.RequireClose(session.Run(inputs), row: null, of: 1);
            }
        }
        catch (InvalidInputException error)
        {
            throw new InvalidOperationException("A merged session takes these inputs.", error);
        }
    }

    private static void RequireRows(AttachedSession session, int[] numbers, ServedAdapter[] players, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        int rows = (int)(inputs.Values.FirstOrDefault(input => input.Shape.Length > 0)?.Shape[0] ?? 1);
        if (rows < 2 || !session.ServesMixedBatches)
            return;
        int[] mixed = [.. Enumerable.Range(0, rows).Select(row => numbers[row % numbers.Length])];
        IReadOnlyDictionary<string, HostTensor> actual = session.RunBatch(inputs, mixed);
        for (int row = 0; row < rows; row++)
            players[row % players.Length].RequireClose(actual, row, rows);
    }
}
