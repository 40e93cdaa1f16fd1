using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>What an operator knows when its operation is prepared: the node, and type, shape and constancy of its inputs.</summary>
/// <param name="node">The node.</param>
/// <param name="opset">Opset version of its domain.</param>
/// <param name="inputs">Facts of its inputs; null where an optional one is omitted.</param>
/// <param name="values">The inputs' present content, borrowed.</param>
/// <param name="branch">The low-rank branch beside its weight; null when it has none.</param>
internal sealed class NodeContext(OnnxNode node, long opset, IReadOnlyList<ValueFacts?> inputs, IReadOnlyList<Tensor?> values, LowRankBranch? branch)
{
    /// <summary>Most elements of one value, however much memory there is: a gigabyte of float32.</summary>
    public const long MaxElements = 1L << 28;

    /// <summary>Most axes of one value: libtorch keeps sets of axes in 64 bits.</summary>
    public const int MaxRank = 64;

    /// <summary>The node.</summary>
    public OnnxNode Node { get; } = node;

    /// <summary>The opset version of the node's domain.</summary>
    public long Opset { get; } = opset;

    /// <summary>Number of inputs, omitted trailing ones not counted.</summary>
    public int InputCount { get; } = inputs.Count;

    /// <summary>The low-rank branch beside the node's weight, which the operation must add; null when it has none.</summary>
    public LowRankBranch? Branch
    {
        get
        {
            TookBranch = true;
            return branch;
        }
    }

    /// <summary>Whether the operator has asked for <see cref="Branch"/>.</summary>
    public bool TookBranch { get; private set; }

    /// <summary>Where inputs are, and where a tensor that is made of none of them has to be.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Names of integer values that are carried as floats; see <see cref="CarriedIntegers"/>.</summary>
    public ISet<string> Carried { get; init; } = new HashSet<string>();

    /// <summary>What the values of the run may take; null for as much as they like.</summary>
    public ValueMemory? Memory { get; init; }

    /// <summary>Set by an operator whose result is known as soon as its inputs' shapes are, whatever their values.</summary>
    public bool DependsOnShapesOnly { get; set; }

    /// <summary>Set by an operator whose result differs from run to run, so that it is never folded.</summary>
    public bool IsRandom { get; set; }

    /// <summary>The graphs that the node's attributes hold, by attribute; their runs take the inputs of the node's operation.</summary>
    public IReadOnlyDictionary<string, Subgraph> Subgraphs { get; init; } = new Dictionary<string, Subgraph>();

    /// <summary>Set by an operator that turns out to be nothing but one of its subgraphs: whose nodes then take its place.</summary>
    public OnnxGraph? Inlined { get; set; }

    /// <summary>
    /// Whether the operation was prepared for the present content of an input that is not constant: a shape or axes that the
    /// model computes from values. Such a node is prepared anew in every run.
    /// </summary>
    public bool DependsOnValues { get; private set; }

    /// <summary>Whether the node has input <paramref name="index"/>.</summary>
    public bool Has(int index) => index < inputs.Count && inputs[index] is not null;

    /// <summary>Whether an input holds integers as floats, so that gradients pass through it.</summary>
    public bool IsCarried(int index) => index < Node.Inputs.Count && Carried.Contains(Node.Inputs[index]);

    /// <summary>Whether the first output is to hold its integers as floats.</summary>
    public bool CarriesResult => Carried.Contains(Node.Outputs[0]);

    /// <summary>Whether the node names output <paramref name="index"/>.</summary>
    public bool Wants(int index) => index < Node.Outputs.Count && Node.Outputs[index].Length > 0;

    /// <summary>Sizes of the axes of an input.</summary>
    public long[] Shape(int index) => Facts(index).Shape;

    /// <summary>Number of axes of an input.</summary>
    public int Rank(int index) => Shape(index).Length;

    /// <summary>Whether gradients flow through an input; false for one that is omitted.</summary>
    public bool IsTrained(int index) => Has(index) && inputs[index]!.IsTrained;

    /// <summary>Element type of an input.</summary>
    public ScalarType Type(int index) => Facts(index).Type;

    /// <summary>The content of an input, borrowed; null when it is not constant.</summary>
    public Tensor? Constant(int index) => Facts(index).Constant;

    /// <summary>
    /// The present content of an input, borrowed. Where it is not constant this makes the node one that is prepared in every
    /// run, so an operator asks only for what decides shapes.
    /// </summary>
    public Tensor Value(int index)
    {
        if (Constant(index) is { } constant)
            return constant;
        DependsOnValues = true;
        return values[index]!;
    }

    /// <summary>Says that the shape of a result depends on the content of an input, as that of NonZero does.</summary>
    public void ShapeDependsOn(int index) => DependsOnValues |= Constant(index) is null;

    /// <summary>An input of one number that decides shapes, for example a depth; fractions are cut off.</summary>
    public long Number(int index)
    {
        Require(Shape(index).All(size => size == 1), $"input {index} must be one number");
        using Tensor wide = Value(index).to(ScalarType.Int64);
        return wide.item<long>();
    }

    /// <summary>The values of an integer input that decides shapes, for example a shape or axes.</summary>
    public long[] Integers(int index)
    {
        if (Type(index) is not (ScalarType.Int64 or ScalarType.Int32))
            throw Fail($"input {index} must hold integers, not {Type(index)}");
        using Tensor wide = Value(index).to(ScalarType.Int64), local = wide.cpu(), packed = local.contiguous();
        return packed.numel() == 0 ? [] : packed.data<long>().ToArray();
    }

    /// <summary>The values of a floating-point input that decides shapes, for example scales.</summary>
    public double[] Numbers(int index)
    {
        this.RequireFloats(index);
        using Tensor wide = Value(index).to(ScalarType.Float64), local = wide.cpu(), packed = local.contiguous();
        return packed.numel() == 0 ? [] : packed.data<double>().ToArray();
    }

    /// <summary>Integers from an attribute (older opsets) or an input (newer ones); null when neither is given.</summary>
    public long[]? IntegersOf(string attribute, int input) =>
        Node.GetInts(attribute) is { } values ? [.. values] : Has(input) ? Integers(input) : null;

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank)
    {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank)
            throw Fail($"axis {axis} is outside a tensor of rank {rank}");
        return (int)counted;
    }

    /// <summary>Checks a rule of the operator.</summary>
    public void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw Fail(otherwise);
    }

    /// <summary>An error that names the node: the model's, or that of the inputs where their content decided.</summary>
    public LoraEdgeException Fail(string what)
    {
        string message = $"Node '{Node.DisplayName}' ({Node.OpType}, opset {Opset}): {what}. Input shapes: {string.Join(", ", inputs.Select(Describe))}.";
        return DependsOnValues ? new InvalidInputException(message) : new ModelFormatException(message);
    }

    private static string Describe(ValueFacts? facts) => facts is null ? "-" : $"{facts.Type}[{string.Join(",", facts.Shape)}]";

    private ValueFacts Facts(int index) => Has(index) ? inputs[index]! : throw Fail($"input {index} is missing");
}
