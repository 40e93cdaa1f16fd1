using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>The frames of STFT nodes. ONNX Runtime divides by their step and length, and ends the process where one is 0.</summary>
internal static class FrameLengths
{
    private const int Step = 1, Length = 3;

    /// <exception cref="ModelFormatException">A step or a length is not a constant above 0.</exception>
    public static void Check(OnnxModel model) => Check(model.Graph, model.Name);

    private static void Check(OnnxGraph graph, string model)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node is { OpType: "STFT", Domain: "" } && !(IsPositive(graph, node, Step) && IsPositive(graph, node, Length)))
                throw new ModelFormatException($"{model} cannot be served: the steps and lengths of frames of the node {node} must be constants above 0. Export the model with fixed ones.");
            foreach (OnnxGraph inner in node.Subgraphs)
                Check(inner, model);
        }
    }

    private static bool IsPositive(OnnxGraph graph, OnnxNode node, int slot) =>
        slot >= node.Inputs.Count || node.Inputs[slot].Length == 0 || graph.ConstantOf(node.Inputs[slot]) is { Count: 1 } constant && constant.DataType switch
        {
            OnnxDataType.Int64 => MemoryMarshal.Read<long>(constant.Data.Span) > 0,
            OnnxDataType.Int32 => MemoryMarshal.Read<int>(constant.Data.Span) > 0,
            _ => false,
        };
}
