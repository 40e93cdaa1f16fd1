using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// A graph that a node holds and runs when the values say so. Its plan is made when it first runs and not before: the shapes
/// that a branch cannot work on are often just those for which it is not taken.
/// </summary>
/// <param name="captured">Names of the values of the enclosing graphs that it reads, and where the node's operation finds them.</param>
/// <param name="build">Makes the plan for such values.</param>
internal sealed class Subgraph(IReadOnlyList<(string Name, int Input)> captured, Func<IReadOnlyDictionary<string, Tensor>, GraphPlan> build) : IDisposable
{
    private GraphPlan? _plan;

    /// <summary>The graphs of a node by the attribute that holds them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="facts">What is known of its inputs, then of what its graphs read besides.</param>
    /// <param name="planOf">Makes their plans.</param>
    public static Dictionary<string, Subgraph> Of(OnnxNode node, IReadOnlyList<ValueFacts?> facts, SubgraphPlanner planOf)
    {
        var subgraphs = new Dictionary<string, Subgraph>(StringComparer.Ordinal);
        foreach ((string attribute, OnnxGraph graph) in node.GraphAttributes)
        {
            (string Name, int Input)[] read = [.. node.CapturedValues.Select((name, at) => (name, node.Inputs.Count + at)).Where(value => graph.CapturedValues.Contains(value.name))];
            Dictionary<string, ValueFacts> known = read.ToDictionary(value => value.Name, value => facts[value.Input]!, StringComparer.Ordinal);
            subgraphs[attribute] = new Subgraph(read, values => planOf(graph, known, values));
        }

        return subgraphs;
    }

    /// <summary>Runs it. The results are the caller's.</summary>
    /// <param name="inputs">The inputs of the node's operation, borrowed.</param>
    public Tensor[] Run(Tensor?[] inputs)
    {
        Dictionary<string, Tensor> values = captured.ToDictionary(value => value.Name, value => inputs[value.Input]!, StringComparer.Ordinal);
        return (_plan ??= build(values)).Run(values);
    }

    /// <inheritdoc />
    public void Dispose() => _plan?.Dispose();
}
