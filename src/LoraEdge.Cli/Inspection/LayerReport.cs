using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>A layer that is adapted.</summary>
/// <param name="Name">Name of its weight, and <c>#1</c> behind it for the second direction of a recurrent one.</param>
/// <param name="Operator">The operators that use it.</param>
/// <param name="In">Length of a row of A: width of its input.</param>
/// <param name="Out">Rows of B: width of its output.</param>
/// <param name="Shape">The weight's axes as the first node that uses it takes them.</param>
/// <param name="Parameters">The weight's elements: <c>Out * In</c>.</param>
/// <param name="AdapterBytes">Bytes of its B in half precision.</param>
/// <param name="IsAttached">Whether the change is served as nodes beside it, because its integers cannot take the change.</param>
internal sealed record LayerReport(string Name, string Operator, int In, int Out, IReadOnlyList<long> Shape, long Parameters, long AdapterBytes, bool IsAttached)
{
    public static LayerReport Of(AdaptableLayer layer, int rank) => new(
        layer.Name, string.Join(", ", layer.Nodes.Select(node => node.OpType).Distinct()), layer.InFeatures, layer.OutFeatures, layer.Dims,
        (long)layer.OutFeatures * layer.InFeatures, (long)sizeof(ushort) * layer.OutFeatures * rank, layer.IsQuantized);
}
