using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Wraps plain functions of tensors as operations.</summary>
internal static class OperationForms
{
    /// <summary>One input, one output.</summary>
    public static Operation Unary(Func<Tensor, Tensor> function) => inputs => [function(inputs[0]!)];

    /// <summary>Two inputs, one output.</summary>
    public static Operation Binary(Func<Tensor, Tensor, Tensor> function) => inputs => [function(inputs[0]!, inputs[1]!)];

    /// <summary>A builder for one input of any type.</summary>
    public static OperatorBuilder Simply(Func<Tensor, Tensor> function) => node =>
    {
        node.Require(node.Has(0), "the input is missing");
        return Unary(function);
    };

    /// <summary>A builder for one input of numbers.</summary>
    public static OperatorBuilder OnNumbers(Func<Tensor, Tensor> function) => node =>
    {
        node.RequireNumbers(0);
        return Unary(function);
    };

    /// <summary>A builder for one input of floating-point numbers.</summary>
    public static OperatorBuilder OnFloats(Func<Tensor, Tensor> function) => node =>
    {
        node.RequireFloats(0);
        return Unary(function);
    };

    /// <summary>A builder for two inputs of one type that are broadcast together.</summary>
    /// <param name="function">The function.</param>
    /// <param name="check">What the inputs must hold, asked of the first one.</param>
    public static OperatorBuilder OnPairs(Func<Tensor, Tensor, Tensor> function, Action<NodeContext, int>? check = null) => node =>
    {
        check?.Invoke(node, 0);
        node.RequireSameType();
        node.RequireBroadcast();
        return Binary(function);
    };
}
