using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// What is trained in one graph of a model. Nothing is in a subgraph: weights that it uses are not adapted, and its own may have
/// an adapted one's name.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="graph">Its main graph, or one that a node holds.</param>
/// <param name="trained">What is trained on top of the model; null for nothing.</param>
internal sealed class TrainedParts(OnnxModel model, OnnxGraph graph, TrainableWeights? trained)
{
    private readonly TrainableWeights? _here = ReferenceEquals(graph, model.Graph) ? trained : null;

    /// <summary>The branch beside a node's weight, which is the first input of a Gather and the second of every other operator; null for none.</summary>
    public LowRankBranch? Beside(OnnxNode node)
    {
        int slot = node.OpType == "Gather" ? 0 : 1;
        return slot < node.Inputs.Count ? _here?.BranchOf(node.Inputs[slot]) : null;
    }

    /// <summary>The branch that is added to a value once that is computed; null for none.</summary>
    public BranchBehind? Behind(string value) => value.Length > 0 ? _here?.BranchBehind(value) : null;

    /// <summary>The outputs of a node that have a branch behind them.</summary>
    public IEnumerable<(string Output, BranchBehind Branch)> Behind(PlannedNode node) =>
        from output in node.Outputs
        let branch = Behind(output)
        where branch is not null
        select (output, branch);

    /// <summary>The change of a weight that a Constant node holds; null for none.</summary>
    public ChangedWeight? ChangedOutput(string output) => output.Length > 0 ? _here?.Changed(output) : null;

    /// <summary>What takes the place of an initializer that the graph reads, its own or an enclosing graph's; null where it stays.</summary>
    public Tensor? Replacement(string name, Initializer initializer) => IsOfMain(name, initializer) ? trained?.Replacement(name) : null;

    /// <summary>The change of an initializer that the graph reads, its own or an enclosing graph's; null for none.</summary>
    public ChangedWeight? Changed(string name, Initializer initializer) => IsOfMain(name, initializer) ? trained?.Changed(name) : null;

    /// <summary>An initializer of the graph that nothing that is trained takes the place of; null when it is none.</summary>
    public Initializer? Frozen(string name) =>
        graph.Initializers.TryGetValue(name, out Initializer? initializer) && _here?.Replacement(name) is null && _here?.Changed(name) is null ? initializer : null;

    private bool IsOfMain(string name, Initializer initializer) => model.Graph.Initializers.TryGetValue(name, out Initializer? main) && ReferenceEquals(main, initializer);
}
