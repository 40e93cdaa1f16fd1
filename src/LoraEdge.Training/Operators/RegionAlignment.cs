using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// RoiAlign by averages: each region of an image becomes a grid of fixed size. Averages over sampled places are linear in each
/// axis, so a region is two matrix products. Regions are not differentiated, as in other implementations.
/// </summary>
internal static class RegionAlignment
{
    public static void Register(OperatorTable table)
    {
        table.Add("RoiAlign", since: 10, node => Build(node, halfPixel: false), Objection);
        table.Add("RoiAlign", since: 16, node => Build(node, node.Node.GetString("coordinate_transformation_mode", "half_pixel") == "half_pixel"), Objection);
    }

    private static Operation Build(NodeContext node, bool halfPixel)
    {
        long[] x = node.Shape(0), rois = node.Shape(1);
        node.RequireFloats(0);
        node.Require(x.Length == 4 && x.Skip(1).All(size => size > 0), "the input must have the axes N, C, H and W, none behind N empty");
        node.Require(rois.Length == 2 && rois[1] == 4 && node.Shape(2).SequenceEqual([rois[0]]), "rois must be (count, 4), with one batch index each");
        long height = node.Node.GetInt("output_height", 1), width = node.Node.GetInt("output_width", 1), samples = node.Node.GetInt("sampling_ratio", 0);
        node.Require(height >= 1 && width >= 1 && samples is >= 0 and <= short.MaxValue, "output_height, output_width or sampling_ratio is out of range");
        node.RequireSize([rois[0], height, x[2]]);
        node.RequireSize([rois[0], width, x[3]]);
        node.RequireSize([rois[0], .. x.Skip(1)]);
        node.RequireSize([rois[0], x[1], Math.Max(height, x[2]), Math.Max(width, x[3])]);
        double scale = node.Node.GetFloat("spatial_scale", 1), shift = halfPixel ? 0.5 : 0;
        double[] corners = [.. node.Numbers(1).Select(corner => corner * scale - shift)];
        node.Require(corners.All(corner => Math.Abs(corner) <= int.MaxValue), "a region is out of range");
        long[] images = node.Integers(2);
        if (images.Any(image => image < 0 || image >= x[0]))
            throw new InvalidInputException($"Node '{node.Node.DisplayName}' (RoiAlign) reads an image outside its batch of {x[0]}; give batch indices within it.");
        RegionAxis rows = new(x[2], height, samples, halfPixel), columns = new(x[3], width, samples, halfPixel);
        double[] rowWeights = [.. Enumerable.Range(0, images.Length).SelectMany(roi => rows.Weights(corners[4 * roi + 1], corners[4 * roi + 3]))];
        double[] columnWeights = [.. Enumerable.Range(0, images.Length).SelectMany(roi => columns.Weights(corners[4 * roi], corners[4 * roi + 2]))];
        return inputs =>
        {
            Tensor image = inputs[0]!;
            using Tensor picked = tensor(images, device: image.device), chosen = image.index_select(0, picked);
            using Tensor flatRows = tensor(rowWeights, image.dtype, image.device), left = flatRows.reshape(images.Length, 1, height, x[2]);
            using Tensor flatColumns = tensor(columnWeights, image.dtype, image.device), right = flatColumns.reshape(images.Length, 1, width, x[3]), turned = right.transpose(2, 3);
            using Tensor narrowed = MatrixProduct.Of(chosen, turned);
            return [MatrixProduct.Of(left, narrowed)];
        };
    }

    private static string? Objection(OnnxNode node)
    {
        // ONNX defines it as a maximum of products of single elements with their weights, which nothing is trained with.
        if (node.GetString("mode", "avg") != "avg")
            return "only the mode avg is supported";
        return node.GetString("coordinate_transformation_mode", "half_pixel") is "half_pixel" or "output_half_pixel" ? null : "the coordinate_transformation_mode is not known";
    }
}
