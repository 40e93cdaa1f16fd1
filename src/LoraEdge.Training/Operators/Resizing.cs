using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Resize, and Upsample before it. Every axis is resized on its own, so that any rank and any axes will do.</summary>
internal static class Resizing
{
    /// <summary>The filter against aliasing is as wide as an axis is made smaller.</summary>
    private const float SmallestAntialiased = 1 << 20;

    public static void Register(OperatorTable table)
    {
        table.Add("Upsample", since: 7, node => Prepare(node, FromScales(node, AttributeScales(node)), ResizeMode.Original(node)), Objection);
        table.Add("Upsample", since: 9, node => Prepare(node, FromScales(node, node.Numbers(1)), ResizeMode.Original(node)), Objection);
        table.Add("Resize", since: 10, node => Prepare(node, FromScales(node, node.Numbers(1)), ResizeMode.Original(node)), Objection);
        table.Add("Resize", since: 11, Resize, Objection);
    }

    private static Operation Resize(NodeContext node)
    {
        bool hasScales = IsGiven(node, 2), hasSizes = IsGiven(node, 3);
        node.Require(hasScales != hasSizes, "either scales or sizes must be given");
        ResizeMode mode = ResizeMode.Of(node);
        int[] axes = Axes(node);
        double[]? region = mode.Coordinates == "tf_crop_and_resize" ? node.Numbers(1) : null;
        node.Require(region is null || (region.Length == 2 * axes.Length && region.All(number => Math.Abs(number) <= int.MaxValue)), "roi needs a start and an end for each axis");
        ResizeAxis[] resized = hasScales ? FromScales(node, node.Numbers(2), axes) : FromSizes(node, node.Integers(3), axes);
        return Prepare(node, [.. resized.Select((axis, i) => region is null ? axis : axis with { Start = (float)region[i], End = (float)region[axes.Length + i] })], mode);
    }

    private static Operation Prepare(NodeContext node, ResizeAxis[] axes, ResizeMode mode)
    {
        long[] shape = node.Shape(0), result = [.. shape];
        foreach (ResizeAxis axis in axes)
            result[axis.Axis] = axis.Result;
        node.RequireSize(result);
        bool isWhole = axes.All(axis => Math.Abs((double)axis.Scale * axis.Size - axis.Result) < 1e-4 * axis.Result);
        node.Require(mode.Coordinates != "align_corners" || isWhole, "align_corners is not supported where a scale gives no whole size: ONNX's own examples go on with the fraction, and ONNX Runtime without it");
        // ONNX Runtime leaves an axis of scale 1 as it is, even where tf_crop_and_resize names a part of it. It also leaves what
        // keeps its size in spite of another scale: the whole tensor, and single axes where it antialiases.
        bool keepsSize = result.SequenceEqual(shape) || (mode.Antialiases && mode.Interpolation != "nearest");
        ResizeAxis[] changed = [.. axes.Where(axis => axis.Size != axis.Result || (axis.Scale != 1 && !keepsSize))];
        node.Require(changed.All(axis => axis.Size > 0), "an empty axis cannot be resized");
        node.Require(!mode.Antialiases || changed.All(axis => axis.Scale * SmallestAntialiased >= 1), $"an axis is made more than {SmallestAntialiased} times smaller, too much for a filter");
        if (changed.Length == 0)
            return Unary(x => x.alias());
        if (mode.Interpolation == "nearest")
            return Unary(new NearestResize(changed, mode).Run);
        node.Require(TorchSharp.torch.is_floating_point(node.Type(0)), $"only floating-point numbers are resized in the mode {mode.Interpolation}");
        return Unary(new WeightedResize(changed, mode).Run);
    }

    private static ResizeAxis[] FromScales(NodeContext node, double[] scales, int[]? axes = null)
    {
        axes ??= [.. Enumerable.Range(0, node.Rank(0))];
        node.Require(scales.Length == axes.Length, $"{scales.Length} scales for {axes.Length} axes");
        node.Require(scales.All(scale => scale > 0 && scale <= int.MaxValue), "scales must be above 0");
        return [.. axes.Select((axis, i) => new ResizeAxis(axis, node.Shape(0)[axis], (long)((float)scales[i] * node.Shape(0)[axis]), (float)scales[i]))];
    }

    private static ResizeAxis[] FromSizes(NodeContext node, long[] sizes, int[] axes)
    {
        node.Require(sizes.Length == axes.Length, $"{sizes.Length} sizes for {axes.Length} axes");
        node.Require(sizes.All(size => size is >= 1 and <= NodeContext.MaxElements), "sizes must be above 0");
        node.Require(axes.All(axis => node.Shape(0)[axis] > 0), "an empty axis cannot be resized");
        ResizeAxis[] resized = [.. axes.Select((axis, i) => new ResizeAxis(axis, node.Shape(0)[axis], sizes[i], sizes[i] / (float)node.Shape(0)[axis]))];
        string policy = node.Node.GetString("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch" || resized.Length == 0)
            return resized;
        float common = policy == "not_larger" ? resized.Min(axis => axis.Scale) : resized.Max(axis => axis.Scale);
        return [.. resized.Select(axis => axis with { Result = (long)Math.Floor(common * axis.Size + 0.5f), Scale = common })];
    }

    private static int[] Axes(NodeContext node)
    {
        int rank = node.Rank(0);
        int[] axes = node.Node.GetInts("axes") is { } given ? [.. given.Select(axis => node.Axis(axis, rank))] : [.. Enumerable.Range(0, rank)];
        node.Require(axes.Distinct().Count() == axes.Length, "an axis is named twice");
        return axes;
    }

    private static double[] AttributeScales(NodeContext node) => [.. (node.Node.GetFloats("scales") ?? throw node.Fail("scales are missing")).Select(scale => (double)scale)];

    /// <summary>Opset 11 has no way to omit inputs here but an empty tensor.</summary>
    private static bool IsGiven(NodeContext node, int index) => node.Has(index) && node.Shape(index).All(size => size > 0);

    private static string? Objection(OnnxNode node)
    {
        if (!ResizeMode.IsKnown(node.GetString("mode", "nearest"), node.GetString("coordinate_transformation_mode", "half_pixel"), node.GetString("nearest_mode", "round_prefer_floor")))
            return "the mode, coordinate_transformation_mode or nearest_mode is not known";
        return node.GetString("keep_aspect_ratio_policy", "stretch") is "stretch" or "not_larger" or "not_smaller" ? null : "the keep_aspect_ratio_policy is not known";
    }
}
