using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Pooling by sliding windows, and over whole channels.</summary>
internal static class Pooling
{
    public static void Register(OperatorTable table)
    {
        table.Add("MaxPool", since: 1, MaxPool);
        table.Add("AveragePool", since: 1, AveragePool);
        table.Add("LpPool", since: 2, LpPool);
        table.Add("GlobalMaxPool", since: 1, Global((x, axes, _) => x.amax(axes, keepdim: true)));
        table.Add("GlobalAveragePool", since: 1, Global((x, axes, _) => x.mean(axes, keepdim: true)));
        table.Add("GlobalLpPool", since: 2, Global((x, axes, p) => linalg.vector_norm(x, p, axes, keepdim: true)));
    }

    private static Operation MaxPool(NodeContext node)
    {
        bool isSmall = node.Type(0) is ScalarType.Byte or ScalarType.Int8;
        node.Require(isSmall || is_floating_point(node.Type(0)), "the input must hold floating-point numbers, int8 or uint8");
        bool wantsIndices = node.Node.Outputs.Count > 1 && node.Node.Outputs[1].Length > 0;
        bool columnsFirst = node.Node.GetInt("storage_order", 0) != 0;
        return new MaxPooling(Window(node), wantsIndices, columnsFirst).Run;
    }

    private static Operation AveragePool(NodeContext node)
    {
        node.RequireFloats(0);
        SlidingWindow window = Window(node);
        bool countsPadding = node.Node.GetInt("count_include_pad", 0) != 0, reachesOut = window.Reach.Zip(window.Ends, (reach, end) => reach > end).Contains(true);
        node.Require(!(countsPadding && reachesOut) || window.Dilations.All(dilation => dilation == 1), "windows with gaps that reach beyond the padding are not supported with count_include_pad: ONNX's own examples count what lies there, and ONNX Runtime does not");
        return new AveragePooling(window, countsPadding).Run;
    }

    private static Operation LpPool(NodeContext node)
    {
        node.RequireFloats(0);
        double power = Power(node);
        SlidingWindow window = Window(node);
        return Unary(x =>
        {
            using Tensor size = x.abs(), raised = size.pow(Number.Of(power)), mean = WindowMean.Of(raised, window), sum = mean.mul(Number.Of(window.Volume));
            // The slope of a root at 0 is infinite; a window of zeros has the norm 0 and passes no gradient.
            using Tensor empty = sum.eq(Number.Of(0)), safe = sum.masked_fill(empty, Number.One), root = safe.pow(Number.Of(1 / power));
            return root.masked_fill(empty, Number.Of(0));
        });
    }

    private static SlidingWindow Window(NodeContext node)
    {
        WindowAttributes attributes = WindowAttributes.Of(node);
        bool fits = attributes.Kernel.Select((size, axis) => attributes.Begins[axis] < size && attributes.Ends[axis] < size).All(small => small);
        node.Require(fits, "padding must be smaller than the kernel");
        node.Require(!attributes.IsSame || attributes.Dilations.All(dilation => dilation == 1), "auto_pad SAME is not supported together with dilations: ONNX Runtime leaves them out of its padding");
        return SlidingWindow.Of(node, attributes, isPooling: true, roundUp: node.Node.GetInt("ceil_mode", 0) != 0);
    }

    private static OperatorBuilder Global(Func<Tensor, long[], double, Tensor> reduce) => node =>
    {
        node.RequireFloats(0);
        long[] shape = node.Shape(0);
        node.Require(shape.Length >= 3 && shape.Skip(2).All(size => size > 0), "the input needs spatial axes, none of them empty");
        long[] axes = [.. Enumerable.Range(2, shape.Length - 2).Select(axis => (long)axis)];
        double power = Power(node);
        return Unary(x => reduce(x, axes, power));
    };

    private static double Power(NodeContext node)
    {
        long power = node.Node.GetInt("p", 2);
        node.Require(power >= 1, "p must be at least 1");
        return power;
    }
}
