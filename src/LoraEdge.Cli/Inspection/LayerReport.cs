using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>A layer that can be adapted.</summary>
/// <param name="Name">Name of its weight.</param>
/// <param name="Operator">The operators that use it.</param>
/// <param name="In">Width of its input: length of a row of A.</param>
/// <param name="Out">Width of its output: rows of B.</param>
/// <param name="Shape">The weight's shape as stored.</param>
/// <param name="Parameters">The weight's elements.</param>
/// <param name="AdapterBytes">Bytes of its B in half precision.</param>
internal sealed record LayerReport(string Name, string Operator, int In, int Out, IReadOnlyList<long> Shape, long Parameters, long AdapterBytes)
{
    public static LayerReport Of(AdaptableLayer layer, Initializer weight, int rank) => new(
        layer.WeightName, string.Join(", ", layer.Nodes.Select(node => node.OpType).Distinct()), layer.InFeatures, layer.OutFeatures, weight.Dims, weight.Count, (long)sizeof(ushort) * layer.OutFeatures * rank);
}
