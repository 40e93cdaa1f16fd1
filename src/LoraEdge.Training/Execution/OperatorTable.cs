using LoraEdge.Onnx;
using LoraEdge.Training.Operators;

namespace LoraEdge.Training.Execution;

/// <summary>Which operators can be executed, by domain, name and the opset version since which a form of them is valid.</summary>
internal sealed class OperatorTable
{
    private readonly Dictionary<(string Domain, string OpType), SortedList<long, OperatorBuilder>> _builders = [];

    /// <summary>Every operator that LoraEdge executes.</summary>
    public static OperatorTable Default { get; } = CreateDefault();

    /// <summary>Registers one form of an operator of the default domain.</summary>
    /// <exception cref="ArgumentException">The same form is registered twice.</exception>
    public void Add(string opType, long since, OperatorBuilder builder) => Add("", opType, since, builder);

    /// <summary>Registers one form of an operator.</summary>
    /// <param name="domain">The operator's domain, empty for ai.onnx.</param>
    /// <param name="opType">The operator.</param>
    /// <param name="since">First opset version with this form.</param>
    /// <param name="builder">Prepares the operation.</param>
    /// <exception cref="ArgumentException">The same form is registered twice.</exception>
    public void Add(string domain, string opType, long since, OperatorBuilder builder)
    {
        if (!_builders.TryGetValue((domain, opType), out SortedList<long, OperatorBuilder>? forms))
            _builders[(domain, opType)] = forms = [];
        if (forms.ContainsKey(since))
            throw new ArgumentException($"{opType} of domain '{domain}' is registered twice for opset {since}.");
        forms.Add(since, builder);
    }

    /// <summary>The form of a node's operator in its model's opset, or null with the reason why there is none.</summary>
    public OperatorBuilder? Find(OnnxNode node, long opset, out string reason)
    {
        reason = "";
        if (!_builders.TryGetValue((node.Domain, node.OpType), out SortedList<long, OperatorBuilder>? forms))
        {
            reason = "the operator is not supported";
            return null;
        }

        OperatorBuilder? found = null;
        foreach (KeyValuePair<long, OperatorBuilder> form in forms)
        {
            if (form.Key <= opset)
                found = form.Value;
        }

        if (found is null)
            reason = $"supported from opset {forms.Keys[0]} on";
        return found;
    }

    private static OperatorTable CreateDefault()
    {
        var table = new OperatorTable();
        Arithmetic.Register(table);
        Activations.Register(table);
        Reductions.Register(table);
        MatrixProducts.Register(table);
        Normalization.Register(table);
        SoftmaxFamily.Register(table);
        Shapes.Register(table);
        Joining.Register(table);
        Slicing.Register(table);
        Casting.Register(table);
        return table;
    }
}
