using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Adds branches to a graph: the node that computed a layer's result gives it another name, and an Add of it and the branch
/// takes the old one, so that everything behind the layer stays as it is. The nodes of a branch follow that node: what they
/// read comes before it, what reads them behind it.
/// </summary>
/// <param name="graph">The graph, a copy of the outer message with its nodes in execution order; changed.</param>
/// <param name="biases">
/// The graph before, where the branch is to be added behind a bias that a node of its own adds, so that ONNX Runtime still
/// makes one kernel of product and bias; null where right behind the product.
/// </param>
internal sealed class BranchEdit(GraphProto graph, OnnxGraph? biases = null)
{
    private readonly Dictionary<string, int> _producers = graph.Node
        .SelectMany((node, index) => node.Output.Where(output => output.Length > 0).Select(output => (output, index)))
        .ToDictionary(entry => entry.output, entry => entry.index, StringComparer.Ordinal);

    private readonly SortedDictionary<int, NodeProto[]> _behind = [];

    /// <summary>Where the nodes of branches are made.</summary>
    public BranchNodes Nodes { get; } = new(graph);

    /// <summary>Puts the nodes of all branches into the graph, behind those that all branches share.</summary>
    public void Finish()
    {
        NodeProto[] nodes = [.. Nodes.TakeShared(), .. graph.Node.SelectMany((node, at) => _behind.TryGetValue(at, out NodeProto[]? added) ? [node, .. added] : new[] { node })];
        graph.Node.Clear();
        graph.Node.AddRange(nodes);

        // Shapes that a file declares wrongly do no harm until a kernel writes into the memory of a value of the declared shape, as the
        // additions may. Runtimes infer the right ones.
        graph.ValueInfo.Clear();
        for (int i = 0; i < graph.Output.Count; i++)
        {
            if (graph.Output[i].Type?.TensorType is not null)
                (graph.Output[i] = graph.Output[i].Clone()).Type.TensorType.Shape = null;
        }
    }

    /// <summary>Why no branch can stand beside a layer; null when one can.</summary>
    public static string? Objection(AdaptableLayer layer) =>
        layer.Uses.FirstOrDefault(use => use.Kind is LayerUseKind.Whole or LayerUseKind.FusedProduct) is { } use
            ? $"Node {use.Node} uses the weight of {layer} as a whole, so no branch can stand beside it."
            : null;

    /// <summary>Adds the branch of a layer beside every node that uses its weight.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="a">A, shape <c>(r, in)</c>.</param>
    /// <param name="b">The other factor.</param>
    /// <exception cref="ArgumentException">A use is one that a branch cannot stand beside.</exception>
    public void Add(AdaptableLayer layer, float[] a, IOutFactor b)
    {
        if (Objection(layer) is { } objection)
            throw new ArgumentException(objection);
        foreach (LayerUse use in layer.Uses)
        {
            string result = BehindBias(use.Output), frozen = Rename(result);
            string shape = result == use.Output ? frozen : use.Output;
            string change = use.Kind switch
            {
                LayerUseKind.Convolution => Convolution(layer, a, b, use, shape),
                LayerUseKind.Rows => Rows(layer, a, b, use, shape),
                _ => Product(layer, a, b, use, shape),
            };
            Nodes.Sum(frozen, Cast(change, use, use.DataType), result);
            _behind.Add(_producers[result], Nodes.Take());
        }
    }

    /// <summary>A matrix with rows and columns exchanged.</summary>
    internal static float[] Transposed(float[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        var transposed = new float[matrix.Length];
        for (int i = 0; i < matrix.Length; i++)
            transposed[(i % columns * rows) + (i / columns)] = matrix[i];
        return transposed;
    }

    private string Product(AdaptableLayer layer, float[] a, IOutFactor b, LayerUse use, string shape)
    {
        string x = Cast(use.Input, use, OnnxDataType.Float);
        if (use.Node.OpType == "Gemm" && use.Node.GetInt("transA", 0) != 0)
            x = Nodes.Node("Transpose", [x]);
        float[] scaled = use.Alpha == 1 ? a : [.. a.Select(value => value * use.Alpha)];
        return b.Product(use, Nodes.Node("MatMul", [x, InByRank(layer, scaled)]), shape);
    }

    // The change s*B*A where the rows are outputs, else its transpose: rows of the one factor times the other factor.
    private string Rows(AdaptableLayer layer, float[] a, IOutFactor b, LayerUse use, string shape) => use.IsTransposed
        ? b.Rows(use, Nodes.Constant("A", a, a.Length / layer.InFeatures, layer.InFeatures), shape)
        : b.Product(use, Nodes.Node("Gather", [InByRank(layer, a), use.Input]), shape);

    private string Convolution(AdaptableLayer layer, float[] a, IOutFactor b, LayerUse use, string shape)
    {
        int groups = checked((int)use.Node.GetInt("group", 1)), rank = a.Length / layer.InFeatures;
        var kernel = new float[groups * a.Length];
        for (int group = 0; group < groups; group++)
            a.CopyTo(kernel, group * a.Length);
        string x = Cast(use.Input, use, OnnxDataType.Float);
        string constant = Nodes.Constant("A", kernel, [(long)groups * rank, .. layer.Dims.Skip(1)]);
        return b.Kernel(use, Nodes.Node("Conv", [x, constant], [.. use.Node.Proto.Attribute]), groups, shape);
    }

    private string InByRank(AdaptableLayer layer, float[] a)
    {
        int rank = a.Length / layer.InFeatures;
        return Nodes.Constant("A", Transposed(a, rank), layer.InFeatures, rank);
    }

    private string BehindBias(string result) =>
        biases is not null && !biases.IsOutput(result) && biases.ConsumersOf(result) is { Count: 1 } readers && readers[0] is { OpType: "Add", Domain: "", Inputs.Count: 2 } add
        && biases.ConstantOf(add.Inputs[add.Inputs[0] == result ? 1 : 0]) is not null
            ? add.Outputs[0]
            : result;

    private string Rename(string result)
    {
        int at = _producers[result];
        NodeProto producer = graph.Node[at] = graph.Node[at].Clone();
        string frozen = Nodes.Unique("frozen");
        producer.Output[producer.Output.IndexOf(result)] = frozen;
        return frozen;
    }

    private string Cast(string value, LayerUse use, int to) =>
        use.DataType == OnnxDataType.Float ? value : Nodes.Node("Cast", [value], AttributeValue.ToProto("to", to));
}
