using System.Globalization;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Adds branches to a graph: the node that computed a layer's result gives it another name, and an Add of it and the branch
/// takes the old one, so that everything behind the layer stays as it is. The nodes of a branch follow that node: what they
/// read comes before it, what reads them behind it.
/// </summary>
/// <param name="graph">The graph, a copy of the outer message with its nodes in execution order; changed.</param>
internal sealed class BranchEdit(GraphProto graph)
{
    private readonly HashSet<string> _names =
        new(graph.Node.SelectMany(node => node.Output).Concat(graph.Input.Select(input => input.Name)).Concat(graph.Initializer.Select(tensor => tensor.Name)), StringComparer.Ordinal);

    private readonly Dictionary<string, int> _producers = graph.Node
        .SelectMany((node, index) => node.Output.Where(output => output.Length > 0).Select(output => (output, index)))
        .ToDictionary(entry => entry.output, entry => entry.index, StringComparer.Ordinal);

    private readonly List<NodeProto> _branch = [];
    private readonly SortedDictionary<int, NodeProto[]> _behind = [];

    /// <summary>Puts the nodes of all branches into the graph.</summary>
    public void Finish()
    {
        NodeProto[] nodes = [.. graph.Node.SelectMany((node, at) => _behind.TryGetValue(at, out NodeProto[]? added) ? [node, .. added] : new[] { node })];
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
    }

    /// <summary>Adds the branch of a layer beside every node that uses its weight.</summary>
    /// <exception cref="ArgumentException">A use is one that a branch cannot stand beside.</exception>
    public void Add(LayerBranch branch)
    {
        foreach (LayerUse use in branch.Layer.Uses)
        {
            string change = use.Kind switch
            {
                LayerUseKind.Product or LayerUseKind.IntegerProduct => Product(branch, use),
                LayerUseKind.Convolution => Convolution(branch, use),
                LayerUseKind.Rows => Rows(branch, use),
                _ => throw new ArgumentException($"Node {use.Node} uses the weight of {branch.Layer} as a whole, so no branch can stand beside it."),
            };
            AddTo(use.Output, Cast(change, use, use.DataType));
        }
    }

    private string Product(LayerBranch branch, LayerUse use)
    {
        LinearFactors factors = LinearFactors.Of(branch, use.Alpha);
        string x = Cast(use.Input, use, OnnxDataType.Float);
        if (use.Node.OpType == "Gemm" && use.Node.GetInt("transA", 0) != 0)
            x = Node("Transpose", [x]);
        string z = Node("MatMul", [x, Constant("A", factors.In, branch.Layer.InFeatures, branch.Rank)]);
        return Node("MatMul", [z, Constant("B", factors.Out, branch.Rank, branch.Layer.OutFeatures)]);
    }

    private string Rows(LayerBranch branch, LayerUse use)
    {
        // The change s*B*A where the rows are outputs, else its transpose: rows of the one factor times the other factor.
        LinearFactors factors = LinearFactors.Of(branch, 1);
        (int rows, int columns) = use.IsTransposed ? (branch.Layer.OutFeatures, branch.Layer.InFeatures) : (branch.Layer.InFeatures, branch.Layer.OutFeatures);
        string table = use.IsTransposed ? Constant("B", factors.OutRows, rows, branch.Rank) : Constant("A", factors.In, rows, branch.Rank);
        string other = use.IsTransposed ? Constant("A", branch.A, branch.Rank, columns) : Constant("B", factors.Out, branch.Rank, columns);
        return Node("MatMul", [Node("Gather", [table, use.Input]), other]);
    }

    private string Convolution(LayerBranch branch, LayerUse use)
    {
        int groups = checked((int)use.Node.GetInt("group", 1));
        var a = new float[groups * branch.A.Length];
        for (int group = 0; group < groups; group++)
            branch.A.CopyTo(a, group * branch.A.Length);
        long[] kernel = [.. branch.Layer.Dims.Skip(2)];
        string x = Cast(use.Input, use, OnnxDataType.Float);
        string z = Node("Conv", [x, Constant("A", a, [(long)groups * branch.Rank, branch.Layer.Dims[1], .. kernel])], [.. use.Node.Proto.Attribute]);
        return Node("Conv", [z, Constant("B", LinearFactors.Of(branch, 1).OutRows, [branch.Layer.OutFeatures, branch.Rank, .. kernel.Select(_ => 1L)])], [AttributeValue.ToProto("group", groups)]);
    }

    private void AddTo(string result, string change)
    {
        int at = _producers[result];
        NodeProto producer = graph.Node[at] = graph.Node[at].Clone();
        string frozen = Unique("frozen");
        producer.Output[producer.Output.IndexOf(result)] = frozen;
        _branch.Add(new NodeProto { OpType = "Add", Input = { frozen, change }, Output = { result } });
        _behind.Add(at, [.. _branch]);
        _branch.Clear();
    }

    private string Cast(string value, LayerUse use, int to) =>
        use.DataType == OnnxDataType.Float ? value : Node("Cast", [value], [AttributeValue.ToProto("to", to)]);

    private string Constant(string name, float[] values, params long[] shape)
    {
        Initializer tensor = GraphBuilder.Tensor(Unique(name), values, shape);
        graph.Initializer.Add(tensor.Proto);
        return tensor.Name;
    }

    private string Node(string op, string[] inputs, AttributeProto[]? attributes = null)
    {
        var node = new NodeProto { OpType = op, Output = { Unique(op) } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes ?? []);
        _branch.Add(node);
        return node.Output[0];
    }

    private string Unique(string name)
    {
        for (int number = _names.Count; ; number++)
        {
            string unique = $"loraedge.{name}.{number.ToString(CultureInfo.InvariantCulture)}";
            if (_names.Add(unique))
                return unique;
        }
    }

    /// <summary>The factors of a branch in the layouts that nodes take them in.</summary>
    /// <param name="In"><c>A^T</c>, shape <c>(in, r)</c>.</param>
    /// <param name="Out"><c>alpha*s*B^T</c>, shape <c>(r, out)</c>.</param>
    /// <param name="OutRows"><c>alpha*s*B</c>, shape <c>(out, r)</c>.</param>
    private sealed record LinearFactors(float[] In, float[] Out, float[] OutRows)
    {
        public static LinearFactors Of(LayerBranch branch, float alpha)
        {
            float[] scaled = [.. branch.B.Select(value => value * (branch.Scale * alpha))];
            return new LinearFactors(Transposed(branch.A, branch.Rank), Transposed(scaled, branch.Layer.OutFeatures), scaled);
        }

        private static float[] Transposed(float[] matrix, int rows)
        {
            int columns = matrix.Length / rows;
            var transposed = new float[matrix.Length];
            for (int i = 0; i < matrix.Length; i++)
                transposed[(i % columns * rows) + (i / columns)] = matrix[i];
            return transposed;
        }
    }
}
