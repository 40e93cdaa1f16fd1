using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model, whole or damaged, served with two players' adapters attached: each must get what a merged session computes.</summary>
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

        session?.Dispose();
        serving.Dispose();
    }

    private static AdaptableLayer[] Attachable(OnnxModel model) =>
        [.. AdaptableLayers.Find(model.Graph).Layers.Where(layer => model.Opsets.TryGetValue("", out long opset) && AttachedModel.Objection(layer, opset) is null).OrderBy(layer => layer.InitializerIndex)];

    private static void RequireOne(AttachedSession session, int[] numbers, ServedAdapter[] players, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        for (int i = 0; i < players.Length; i++)
            players[i].RequireClose(session.Run(inputs, numbers[i]), row: null, of: 1);
    }

    // Rows that do not stay apart on these inputs, though they did on the probe's, are nobody's fault here, so only the first output counts where each row keeps its place.
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
