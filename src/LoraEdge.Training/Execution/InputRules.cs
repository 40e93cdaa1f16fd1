using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>What operators ask of the type and form of an input.</summary>
internal static class InputRules
{
    /// <summary>Checks that two inputs have one element type.</summary>
    public static void RequireSameType(this NodeContext node, int left = 0, int right = 1) => node.Require(node.Type(left) == node.Type(right), $"inputs {left} and {right} must have one element type");

    /// <summary>Checks that an input is a vector of some length, with the element type of another input.</summary>
    public static void RequireVector(this NodeContext node, int index, long length, int like)
    {
        node.RequireSameType(like, index);
        node.Require(node.Shape(index).SequenceEqual([length]), $"input {index} must have {length} elements");
    }

    /// <summary>Checks that an input holds integers in some shape.</summary>
    public static void RequireIndices(this NodeContext node, int index, params long[] shape)
    {
        node.Require(node.Type(index) is ScalarType.Int64 or ScalarType.Int32, $"input {index} must hold integers, not {node.Type(index)}");
        node.Require(node.Shape(index).SequenceEqual(shape), $"input {index} must have the shape [{string.Join(",", shape)}]");
    }

    /// <summary>Checks that an input holds floating-point numbers.</summary>
    public static void RequireFloats(this NodeContext node, int index) => node.Require(is_floating_point(node.Type(index)), $"input {index} must hold floating-point numbers");

    /// <summary>Checks that an input holds numbers and not truth values.</summary>
    public static void RequireNumbers(this NodeContext node, int index) => node.Require(node.Type(index) != ScalarType.Bool, $"input {index} must hold numbers");

    /// <summary>Checks that an input holds integers.</summary>
    public static void RequireIntegers(this NodeContext node, int index) => node.Require(node.Type(index) != ScalarType.Bool && is_integral(node.Type(index)), $"input {index} must hold integers");

    /// <summary>Checks that an input holds truth values.</summary>
    public static void RequireBooleans(this NodeContext node, int index) => node.Require(node.Type(index) == ScalarType.Bool, $"input {index} must hold truth values");
}
