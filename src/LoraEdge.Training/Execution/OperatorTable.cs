using LoraEdge.Onnx;
using LoraEdge.Training.Operators;

namespace LoraEdge.Training.Execution;

/// <summary>Which operators can be executed, by domain, name and the opset version since which a form of them is valid.</summary>
internal sealed class OperatorTable
{
    private readonly Dictionary<(string Domain, string OpType), SortedList<long, OperatorForm>> _operators = [];

    /// <summary>Every operator that LoraEdge executes.</summary>
    public static OperatorTable Default { get; } = CreateDefault();

    /// <summary>Everything registered: domain, operator, and the opset version since which a form of it is valid.</summary>
    public IEnumerable<(string Domain, string OpType, long Since)> Forms =>
        _operators.SelectMany(entry => entry.Value.Keys.Select(since => (entry.Key.Domain, entry.Key.OpType, since)));

    /// <summary>Registers one form of an operator.</summary>
    /// <param name="opType">The operator.</param>
    /// <param name="since">First opset version with this form.</param>
    /// <param name="builder">Prepares the operation.</param>
    /// <param name="objection">
    /// Why a node's attributes or outputs ask for something that is not supported, or null; so that it is reported with
    /// everything else that is not, before anything runs. Default: no objections.
    /// </param>
    /// <param name="domain">Domain of the operator. Default: ONNX's own.</param>
    /// <exception cref="ArgumentException">The same form is registered twice.</exception>
    public void Add(string opType, long since, OperatorBuilder builder, Func<OnnxNode, string?>? objection = null, string domain = "")
    {
        if (!_operators.TryGetValue((domain, opType), out SortedList<long, OperatorForm>? forms))
            _operators[(domain, opType)] = forms = [];
        if (forms.ContainsKey(since))
            throw new ArgumentException($"{opType} is registered twice for opset {since}.");
        forms.Add(since, new OperatorForm(builder, objection));
    }

    /// <summary>What prepares a node's operation in its model's opset, or null with the reason why nothing does.</summary>
    public OperatorBuilder? Find(OnnxNode node, long opset, out string reason)
    {
        if (!_operators.TryGetValue((node.Domain, node.OpType), out SortedList<long, OperatorForm>? forms))
        {
            reason = "the operator is not supported";
            return null;
        }

        OperatorForm? form = forms.LastOrDefault(form => form.Key <= opset).Value;
        reason = form is null ? $"supported from opset {forms.Keys[0]} on" : form.Objection?.Invoke(node) ?? "";
        return reason.Length == 0 ? form!.Builder : null;
    }

    private static OperatorTable CreateDefault()
    {
        var table = new OperatorTable();
        Arithmetic.Register(table);
        Variadic.Register(table);
        ElementaryFunctions.Register(table);
        SpecialNumbers.Register(table);
        Clipping.Register(table);
        Comparison.Register(table);
        Logic.Register(table);
        Bits.Register(table);
        Activations.Register(table);
        Rectifiers.Register(table);
        Reductions.Register(table);
        ArgReductions.Register(table);
        CumulativeSum.Register(table);
        MeanVariance.Register(table);
        MatrixProducts.Register(table);
        Convolutions.Register(table);
        Pooling.Register(table);
        Unpooling.Register(table);
        Normalization.Register(table);
        ChannelNormalization.Register(table);
        SoftmaxFamily.Register(table);
        Shapes.Register(table);
        Reshaping.Register(table);
        Repeating.Register(table);
        Joining.Register(table);
        Slicing.Register(table);
        Gathering.Register(table);
        Scattering.Register(table);
        Selecting.Register(table);
        Uniqueness.Register(table);
        Ranking.Register(table);
        SequenceReversal.Register(table);
        Triangles.Register(table);
        Fills.Register(table);
        Progressions.Register(table);
        OneHotEncoding.Register(table);
        Conditionals.Register(table);
        Padding.Register(table);
        Resizing.Register(table);
        ChannelBlocks.Register(table);
        GridSampling.Register(table);
        ColumnsToImage.Register(table);
        RegionAlignment.Register(table);
        Casting.Register(table);
        Dropouts.Register(table);
        ClassLosses.Register(table);
        Recurrence.Register(table);
        Quantizing.Register(table);
        IntegerProducts.Register(table);
        IntegerProductsToFloat.Register(table);
        QuantizedProducts.Register(table);
        QuantizedArithmetic.Register(table);
        BlockQuantizedProduct.Register(table);
        Contraction.Register(table);
        RandomNumbers.Register(table);
        Windows.Register(table);
        MelWeights.Register(table);
        Fourier.Register(table);
        RootMeanSquareNorm.Register(table);
        FusedNormalization.Register(table);
        EmbeddingNormalization.Register(table);
        FusedActivations.Register(table);
        FusedProducts.Register(table);
        RotaryEmbedding.Register(table);
        StandardAttention.Register(table);
        ProjectedAttention.Register(table);
        MultiHeadAttention.Register(table);
        GroupQueryAttention.Register(table);
        return table;
    }

    private sealed record OperatorForm(OperatorBuilder Builder, Func<OnnxNode, string?>? Objection);
}
