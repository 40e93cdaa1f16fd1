using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>
/// Whether the rows of a batch stay apart: two made-up adapters in one batch, against each of them alone. Shapes cannot tell, since
/// a model may put time before the batch.
/// </summary>
internal static class RowProbe
{
    /// <summary>Largest difference, relative to the largest magnitude of an output, of correct computations in another order.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Why no mixed batches can be served; null when they can.</summary>
    public static string? Objection(
        ServingModel model, AttachedRunner runner, AttachedAdapters adapters, IReadOnlyList<TableInput> inputs, int rank, IReadOnlyDictionary<string, HostTensor>? example)
    {
        using var tables = new PlayerTables(model.Model.Name, [.. adapters.Layers.Select(layer => layer.OutFeatures * rank)], inputs, players: 2);
        int[] players = [tables.Add(MadeUp(adapters, rank, 1)), tables.Add(MadeUp(adapters, rank, 2))];
        try
        {
            IReadOnlyDictionary<string, HostTensor> fed = ParityInputs.For(model.Model, example: example);
            long rows = runner.RowsOf(fed);
            if (rows < 2)
                return null;
            int[] mixed = [.. Enumerable.Range(0, checked((int)rows)).Select(row => players[row % players.Length])];
            IReadOnlyDictionary<string, HostTensor> actual = Run(runner, tables, fed, mixed);
            IReadOnlyDictionary<string, HostTensor>[] expected = [.. players.Select(player => Run(runner, tables, fed, [player]))];
            string? differing = ParityTargets.Of(model.Model.Graph).Compared
                .FirstOrDefault(name => actual.TryGetValue(name, out HostTensor? output) && output.ElementType == TensorElementType.Float32 && !IsByRows(output, [.. expected.Select(alone => alone[name])], rows));
            return differing is null ? null : $"the output '{differing}' is another one with two players in a batch than with each alone.";
        }
        catch (LoraEdgeException error)
        {
            return $"it could not be run on made-up inputs to see whether rows stay apart ({error.Message}). An example of its inputs may help.";
        }
    }

    private static IReadOnlyDictionary<string, HostTensor> Run(AttachedRunner runner, PlayerTables tables, IReadOnlyDictionary<string, HostTensor> inputs, int[] players)
    {
        using TableRead read = tables.Read(players);
        return runner.Run(inputs, read);
    }

    private static bool IsByRows(HostTensor mixed, HostTensor[] alone, long rows)
    {
        if (mixed.Shape.Length == 0 || mixed.Shape[0] % rows != 0 || alone.Any(output => output.Count != mixed.Count))
            return false;
        ReadOnlySpan<float> actual = mixed.AsSpan<float>();
        int width = actual.Length / (int)rows;
        double scale = 0, worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            float expected = alone[i / width % alone.Length].AsSpan<float>()[i];
            scale = Math.Max(scale, Math.Abs(expected));
            worst = Math.Max(worst, Math.Abs((double)actual[i] - expected));
        }

        return !(worst > Tolerance * scale);
    }

    /// <summary>B that changes every layer by half of its norm, in a direction of the player's own.</summary>
    private static float[][] MadeUp(AttachedAdapters adapters, int rank, int player) =>
    [
        .. adapters.Layers.Select(layer =>
        {
            int count = layer.OutFeatures * rank;
            float size = (float)(0.5 * layer.Norm / Math.Sqrt(count));
            return Enumerable.Range(0, count).Select(i => (((i * player) + (i / 3)) & 2) == 0 ? size : -size).ToArray();
        }),
    ];
}
