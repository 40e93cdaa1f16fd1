namespace LoraEdge.Onnx;

/// <summary>
/// A weight that an adapter can change: the constant 2-D operand of <c>MatMul</c> or <c>Gemm</c>, with every node that uses it.
/// </summary>
/// <remarks>
/// The adapter's change <c>s*B*A</c> belongs to the weight. A Gemm computes <c>alpha*x*W + beta*C</c>, so where the change is
/// executed as a branch beside the node instead of being merged, the branch is multiplied by <see cref="Alpha"/> too.
/// </remarks>
public sealed class AdaptableLayer
{
    private readonly Lazy<string> _weightHash;

    internal AdaptableLayer(Initializer weight, int initializerIndex, IReadOnlyList<OnnxNode> nodes, bool isTransposed, float alpha)
    {
        WeightName = weight.Name;
        InitializerIndex = initializerIndex;
        Nodes = nodes;
        IsTransposed = isTransposed;
        InFeatures = checked((int)weight.Dims[isTransposed ? 1 : 0]);
        OutFeatures = checked((int)weight.Dims[isTransposed ? 0 : 1]);
        Alpha = alpha;
        _weightHash = new(() => CanonicalForm.HashOf(weight));
    }

    /// <summary>Name of the initializer.</summary>
    public string WeightName { get; }

    /// <summary>Position of the initializer in <see cref="OnnxGraph.InitializerNames"/>.</summary>
    public int InitializerIndex { get; }

    /// <summary>The MatMul and Gemm nodes that use the weight, in execution order; at least one.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>Width of the layer's input: length of a row of A.</summary>
    public int InFeatures { get; }

    /// <summary>Width of the layer's output: number of rows of B.</summary>
    public int OutFeatures { get; }

    /// <summary>True when the weight is stored as <c>(out, in)</c> (Gemm with <c>transB</c>), false when as <c>(in, out)</c>.</summary>
    public bool IsTransposed { get; }

    /// <summary>The factor with which every node multiplies the product: Gemm's <c>alpha</c>, 1 for MatMul. Finite and not 0.</summary>
    public float Alpha { get; }

    /// <summary>SHA-256 over type, shape and elements of the weight, without its name; 64 hexadecimal digits. Computed when first asked for.</summary>
    public string WeightHash => _weightHash.Value;

    /// <summary>Name and widths, for messages.</summary>
    public override string ToString() => $"{WeightName} ({InFeatures} to {OutFeatures})";
}
