namespace LoraEdge.Onnx;

/// <summary>
/// A weight that an adapter can change, as a matrix <c>(out, in)</c> whatever its form in the model, with every node that uses
/// it. A recurrent weight of two directions is two layers.
/// </summary>
/// <remarks>
/// The adapter's change <c>s*B*A</c> belongs to the weight. A Gemm computes <c>alpha*x*W + beta*C</c>, so where the change is
/// executed as a branch beside the node instead of being merged, the branch is multiplied by <see cref="LayerUse.Alpha"/> too.
/// </remarks>
public sealed class AdaptableLayer
{
    private readonly Lazy<string> _weightHash;
    private readonly Lazy<double> _norm;

    internal AdaptableLayer(OnnxGraph graph, WeightSource source, WeightTrace trace, int index, int direction)
    {
        (Initializer tensor, WeightRead lead) = (source.Tensor, trace.Lead!);
        WeightName = source.Name;
        Name = direction == 0 ? source.Name : $"{source.Name}#{direction}";
        InitializerIndex = index;
        Direction = direction;
        Storage = StorageOf(lead);
        Axes = lead.Value.Axes;
        Dims = [.. Axes.Select(axis => tensor.Dims[axis])];
        (long outFeatures, long inFeatures) = SizeOf(tensor, lead);
        (OutFeatures, InFeatures) = (checked((int)outFeatures), checked((int)inFeatures));
        Uses = LayerUses.Of(graph, trace);
        Nodes = [.. Uses.Select(use => use.Node).Distinct()];
        IsQuantized = !OnnxDataType.IsAdaptable(tensor.DataType);
        MergedType = trace.Reads.All(read => read.Value.IsWidened) ? OnnxDataType.Float : tensor.DataType;
        _weightHash = new(() => CanonicalForm.HashOf(tensor));
        _norm = new(() => IsQuantized ? LayerUses.Quantization(graph, tensor, lead)!.Norm() : NormOf(tensor.ToFloats()));
    }

    /// <summary>Name of the target: that of the weight, and for the second direction of a recurrent weight <c>#1</c> behind it.</summary>
    public string Name { get; }

    /// <summary>Name of the initializer, or of the output of the Constant node that holds the weight.</summary>
    public string WeightName { get; }

    /// <summary>
    /// What an adapter calls the layer: the position of the weight among the model's constant tensors, which are the
    /// initializers (<see cref="OnnxGraph.InitializerNames"/>) and then the tensors of Constant nodes; for the second direction
    /// of a recurrent weight their number is added. docs/adapter-format.md defines it.
    /// </summary>
    public int InitializerIndex { get; }

    /// <summary>How the matrix lies in the stored tensor.</summary>
    public WeightStorage Storage { get; }

    /// <summary>Which direction of a recurrent weight this is; 0 for everything else.</summary>
    public int Direction { get; }

    /// <summary>Axis i of the weight, as the first node that uses it takes it, is axis <c>Axes[i]</c> of the stored tensor.</summary>
    public IReadOnlyList<int> Axes { get; }

    /// <summary>Sizes of the weight's axes, as the first node that uses it takes it.</summary>
    public IReadOnlyList<long> Dims { get; }

    /// <summary>Everything that reads the weight, in execution order; at least one.</summary>
    public IReadOnlyList<LayerUse> Uses { get; }

    /// <summary>The nodes that use the weight, in execution order; at least one.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>Length of a row of A: width of the layer's input; of a convolution <c>in/groups * kh * kw</c>.</summary>
    public int InFeatures { get; }

    /// <summary>Number of rows of B: width of the layer's output; of a recurrent weight that of all gates together.</summary>
    public int OutFeatures { get; }

    /// <summary>True when the weight is a matrix stored as <c>(out, in)</c>, as for a Gemm with <c>transB</c>.</summary>
    public bool IsTransposed => Storage == WeightStorage.OutByIn;

    /// <summary>
    /// Whether the weight is stored as integers. Those cannot take the change, so it is served as nodes beside the layer's:
    /// <see cref="OnnxModel.WithBranches"/>.
    /// </summary>
    public bool IsQuantized { get; }

    /// <summary>
    /// Whether every use is one beside which the change can be computed from the layer's input. Where it is not, training makes
    /// the changed tensor itself, and needs memory and time for it.
    /// </summary>
    public bool IsDirect => Uses.All(use => use.Kind != LayerUseKind.Whole);

    /// <summary>Whether the change can be served as nodes beside the layer's: <see cref="OnnxModel.WithBranches"/>.</summary>
    public bool IsBranchable => BranchEdit.Objection(this) is null;

    /// <summary>
    /// Element type, see <see cref="OnnxDataType"/>, in which the merged weight is stored: the weight's own, or float32 where the
    /// graph casts a 16-bit weight to it anyway, since a small change would be lost in 16 bits.
    /// </summary>
    public int MergedType { get; }

    /// <summary>Frobenius norm of the frozen weight; of integers, of what they stand for. Computed when first asked for.</summary>
    public double Norm => _norm.Value;

    /// <summary>SHA-256 over type, shape and elements of the stored weight, without its name; 64 hexadecimal digits. Computed when first asked for.</summary>
    public string WeightHash => _weightHash.Value;

    /// <summary>The layer as projections and adapters know it.</summary>
    public AdaptableWeight AsWeight() => new(InitializerIndex, Name, InFeatures, OutFeatures);

    /// <summary>Name and widths, for messages.</summary>
    public override string ToString() => $"{Name} ({InFeatures} to {OutFeatures})";

    /// <summary>Outputs and inputs of the layer that a use makes of a tensor.</summary>
    internal static (long OutFeatures, long InFeatures) SizeOf(Initializer tensor, WeightRead lead) => StorageOf(lead) switch
    {
        WeightStorage.Kernel => (tensor.Dims[lead.Value.Axes[0]], lead.Value.Axes.Skip(1).Aggregate(1L, (count, axis) => count * tensor.Dims[axis])),
        WeightStorage.Direction => (tensor.Dims[1], tensor.Dims[2]),
        WeightStorage.Blocks => BlockWeight.SizeOf(lead.Node),
        WeightStorage.OutByIn => (tensor.Dims[0], tensor.Dims[1]),
        _ => (tensor.Dims[1], tensor.Dims[0]),
    };

    private static WeightStorage StorageOf(WeightRead lead) => lead.Role.Kind switch
    {
        WeightRole.Kinds.Kernel => WeightStorage.Kernel,
        WeightRole.Kinds.Recurrent => WeightStorage.Direction,
        WeightRole.Kinds.BlockProduct => WeightStorage.Blocks,
        _ => lead.IsStoredTransposed ? WeightStorage.OutByIn : WeightStorage.InByOut,
    };

    private double NormOf(float[] elements)
    {
        int count = Storage == WeightStorage.Direction ? OutFeatures * InFeatures : elements.Length;
        double sum = 0;
        foreach (float value in elements.AsSpan(Direction * count, count))
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
