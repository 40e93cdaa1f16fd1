using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MelWeightMatrix: triangles that gather the bins of a spectrum into bands of equal width in mels.</summary>
internal static class MelWeights
{
    private const long MaxSize = 1L << 24;

    public static void Register(OperatorTable table) => table.Add("MelWeightMatrix", since: 17, Build, Objection);

    private static Operation Build(NodeContext node)
    {
        long bands = One(node, 0), length = One(node, 1), rate = One(node, 2);
        double low = node.Numbers(3).FirstOrDefault(), high = node.Numbers(4).FirstOrDefault();
        node.Require(bands > 0 && length > 0 && rate > 0 && low >= 0 && high > low, "bands, length, rate and edges must be above 0 and in order");
        long bins = length / 2 + 1;
        long[] shape = [bins, bands];
        node.Require(bins * bands <= MaxSize, $"more than {MaxSize} weights are not computed");
        long[] edges = Edges(bands, length, rate, low, high);
        node.Require(edges.All(edge => edge >= 0 && edge < bins), "the upper edge is above half of the sample rate");
        double[] weights = Triangles(edges, bins, bands);
        ScalarType type = ElementTypes.FromOnnx((int)node.Node.GetInt("output_datatype", OnnxDataType.Float))!.Value;
        return _ =>
        {
            using Tensor flat = tensor(weights, type, node.Device);
            return [flat.reshape(shape)];
        };
    }

    private static long One(NodeContext node, int input)
    {
        long[] values = node.Integers(input);
        node.Require(values.Length == 1 && values[0] <= int.MaxValue, $"input {input} must be one integer");
        return values[0];
    }

    private static long[] Edges(long bands, long length, long rate, double low, double high)
    {
        double first = Mels(low), step = (Mels(high) - first) / (bands + 2);
        return [.. Enumerable.Range(0, (int)bands + 2).Select(at => (long)Math.Floor((length + 1) * Hertz(first + at * step) / rate))];
    }

    private static double[] Triangles(long[] edges, long bins, long bands)
    {
        var weights = new double[bins * bands];
        for (int band = 0; band < bands; band++)
        {
            (long left, long centre, long right) = (edges[band], edges[band + 1], edges[band + 2]);
            weights[centre * bands + band] = 1;
            for (long bin = left; bin < centre; bin++)
                weights[bin * bands + band] = (double)(bin - left) / (centre - left);
            for (long bin = centre; bin < right; bin++)
                weights[bin * bands + band] = (double)(right - bin) / (right - centre);
        }

        return weights;
    }

    private static double Mels(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double Hertz(double mels) => 700 * (Math.Pow(10, mels / 2595) - 1);

    private static string? Objection(OnnxNode node) =>
        ElementTypes.FromOnnx((int)node.GetInt("output_datatype", OnnxDataType.Float)) is null ? $"the element type {node.GetInt("output_datatype", 0)} is not supported" : null;
}
