using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>What an operator knows when its operation is prepared: the node, and type, shape and constancy of its inputs.</summary>
internal sealed class NodeContext(OnnxNode node, long opset, IReadOnlyList<ValueFacts?> inputs, LowRankBranch? branch)
{
    /// <summary>The node.</summary>
    public OnnxNode Node { get; } = node;

    /// <summary>The opset version of the node's domain.</summary>
    public long Opset { get; } = opset;

    /// <summary>Number of inputs, omitted trailing ones not counted.</summary>
    public int InputCount { get; } = inputs.Count;

    /// <summary>The low-rank branch beside the node's weight, which the operation must add; null when it has none.</summary>
    public LowRankBranch? Branch { get; } = branch;

    /// <summary>Set by an operator whose result is known as soon as its inputs' shapes are, whatever their values.</summary>
    public bool DependsOnShapesOnly { get; set; }

    /// <summary>Whether the node has input <paramref name="index"/>.</summary>
    public bool Has(int index) => index < inputs.Count && inputs[index] is not null;

    /// <summary>Sizes of the axes of an input.</summary>
    public long[] Shape(int index) => Facts(index).Shape;

    /// <summary>Number of axes of an input.</summary>
    public int Rank(int index) => Shape(index).Length;

    /// <summary>Element type of an input.</summary>
    public ScalarType Type(int index) => Facts(index).Type;

    /// <summary>The content of an input, borrowed; null when it is not constant.</summary>
    public Tensor? Constant(int index) => Facts(index).Constant;

    /// <summary>The values of a constant integer input, for example a shape or axes.</summary>
    public long[] Integers(int index)
    {
        Tensor constant = Constant(index)
            ?? throw Fail($"input {index} ('{Node.Inputs[index]}') must be constant for known input shapes, but it depends on values");
        if (constant.dtype is not (ScalarType.Int64 or ScalarType.Int32))
            throw Fail($"input {index} must hold integers, not {constant.dtype}");
        using Tensor wide = constant.to(ScalarType.Int64);
        return wide.data<long>().ToArray();
    }

    /// <summary>Constant integers from an attribute (older opsets) or an input (newer ones); null when neither is given.</summary>
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

    /// <summary>Checks that an input holds floating-point numbers.</summary>
    public void RequireFloats(int index) => Require(is_floating_point(Type(index)), $"input {index} must hold floating-point numbers");

    /// <summary>An error that names the node.</summary>
    public ModelFormatException Fail(string what) =>
        new($"Node '{Node.DisplayName}' ({Node.OpType}, opset {Opset}): {what}. Input shapes: {string.Join(", ", inputs.Select(Describe))}.");

    private static string Describe(ValueFacts? facts) => facts is null ? "-" : $"{facts.Type}[{string.Join(",", facts.Shape)}]";

    private ValueFacts Facts(int index) => Has(index) ? inputs[index]! : throw Fail($"input {index} is missing");
}
