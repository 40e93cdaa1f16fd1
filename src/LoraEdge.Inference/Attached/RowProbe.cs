using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>
/// Whether the rows of a batch stay apart: two made-up adapters in one batch against each of them alone, and the first row among
/// others. Shapes cannot tell, since a model may put time before the batch.
/// </summary>
internal static class RowProbe
{
    /// <summary>Largest difference, relative to the largest magnitude of an output, of correct computations in another order.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>The same where the batch has one grid of 8 bits, made from all of its rows: dynamic quantization.</summary>
    private const double GridTolerance = 0.05;

    /// <summary>Why no mixed batches can be served; null when they can.</summary>
    public static string? Objection(
        ServingModel model, SessionRunner runner, AttachedAdapters adapters, AttachedModel attached, int rank, IReadOnlyDictionary<string, HostTensor>? example)
    {
        using var tables = new PlayerTables(model.Model.Name, [.. adapters.Layers.Select(layer => layer.OutFeatures * rank)], attached, players: 2);
        int[] players = [tables.Add(MadeUp(adapters, rank, 1)), tables.Add(MadeUp(adapters, rank, 2))];
        try
        {
            IReadOnlyDictionary<string, HostTensor> fed = ParityInputs.For(model.Model, example: example);
            long rows = new ModelInputs(model.Model).RowsOf(fed);
            if (rows < 2)
                return null;
            int[] mixed = [.. Enumerable.Range(0, checked((int)rows)).Select(row => players[row % players.Length])];
            IReadOnlyDictionary<string, HostTensor> actual = Run(runner, tables, fed, mixed);
            IReadOnlyDictionary<string, HostTensor> amongOthers = Run(runner, tables, WithOtherRows(fed, ParityInputs.For(model.Model, seed: 1, example), rows), mixed);
            IReadOnlyDictionary<string, HostTensor>[] expected = [.. players.Select(player => Run(runner, tables, fed, [player]))];
            string? differing = ParityTargets.Of(model.Model.Graph).Compared
                .FirstOrDefault(name => actual.TryGetValue(name, out HostTensor? output) && output.ElementType == TensorElementType.Float32
                    && !(IsByRows(output, [.. expected.Select(alone => alone[name])], rows) && IsFirstRowOf(output, amongOthers[name], rows)));
            return differing is null ? null : $"the output '{differing}' mixes rows, or does not have them along its first axis.";
        }
        catch (LoraEdgeException error) when (error is not DeviceLostException)
        {
            return $"it could not be run on made-up inputs to see whether rows stay apart ({error.Message}). An example of its inputs may help.";
        }
    }

    private static IReadOnlyDictionary<string, HostTensor> Run(SessionRunner runner, PlayerTables tables, IReadOnlyDictionary<string, HostTensor> inputs, int[] players)
    {
        using TableRead read = tables.Read(players);
        return runner.Run(inputs, read.Feed!, CancellationToken.None);
    }

    private static bool IsByRows(HostTensor mixed, HostTensor[] alone, long rows)
    {
        if (mixed.Shape.Length == 0 || mixed.Shape[0] % rows != 0 || alone.Any(output => output.Count != mixed.Count))
            return false;
        int width = (int)(mixed.Count / rows);
        for (int row = 0; row < rows; row++)
        {
            if (!IsClose(mixed.AsSpan<float>().Slice(row * width, width), alone[row % alone.Length].AsSpan<float>().Slice(row * width, width), Tolerance))
                return false;
        }

        return true;
    }

    private static bool IsFirstRowOf(HostTensor output, HostTensor other, long rows)
    {
        int width = (int)(output.Count / rows);
        return other.Count == output.Count && IsClose(output.AsSpan<float>().Slice(0, width), other.AsSpan<float>().Slice(0, width), GridTolerance);
    }

    private static bool IsClose(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance)
    {
        double scale = 0, worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs((double)actual[i] - expected[i]));
        }

        return !(worst > tolerance * scale);
    }

    /// <summary>The first row of some inputs, with the others of other inputs.</summary>
    private static Dictionary<string, HostTensor> WithOtherRows(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyDictionary<string, HostTensor> others, long rows) =>
        inputs.ToDictionary(input => input.Key, input =>
        {
            HostTensor tensor = input.Value;
            if (tensor.Shape.Length == 0 || tensor.Shape[0] != rows)
                return tensor;
            byte[] bytes = [.. others[input.Key].Bytes];
            tensor.Bytes.AsSpan(0, bytes.Length / (int)rows).CopyTo(bytes);
            return new HostTensor(tensor.ElementType, tensor.Shape, bytes);
        }, StringComparer.Ordinal);

    private static float[][] MadeUp(AttachedAdapters adapters, int rank, int player) => [.. adapters.Layers.Select(layer => AdapterForm.MadeUp(layer, rank, player, share: 0.5))];
}
