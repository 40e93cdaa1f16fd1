using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>GridSample and AffineGrid: images and volumes looked up at places between their elements.</summary>
internal static class GridSampling
{
    public static void Register(OperatorTable table)
    {
        table.Add("GridSample", since: 16, GridSample, node => Objection(node, "bilinear", "nearest", "bicubic"));
        table.Add("GridSample", since: 20, GridSample, node => Objection(node, "linear", "nearest", "cubic"));
        table.Add("AffineGrid", since: 20, AffineGrid);
    }

    private static Operation GridSample(NodeContext node)
    {
        long[] x = node.Shape(0), grid = node.Shape(1);
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.Require(x.Length is 4 or 5 && x.Skip(1).All(size => size > 0), "the input must have the axes N, C and 2 or 3 spatial ones, none behind N empty");
        node.Require(grid.Length == x.Length && grid[0] == x[0] && grid[^1] == x.Length - 2, "the grid must have the shape (N, spatial..., number of spatial axes)");
        node.RequireSize([x[0], x[1], .. grid.Skip(1).Take(x.Length - 2)]);
        string mode = node.Node.GetString("mode", "linear"), padding = node.Node.GetString("padding_mode", "zeros");
        bool alignsCorners = node.Node.GetInt("align_corners", 0) != 0;
        if (mode is "bicubic" or "cubic")
        {
            node.Require(x.Length == 4, "cubic sampling is supported for two spatial axes only");
            return Binary(new BicubicSampling(x, padding, alignsCorners).Run);
        }

        GridSampleMode sampling = mode == "nearest" ? GridSampleMode.Nearest : GridSampleMode.Bilinear;
        GridSamplePaddingMode outside = padding switch
        {
            "border" => GridSamplePaddingMode.Border,
            "reflection" => GridSamplePaddingMode.Reflection,
            _ => GridSamplePaddingMode.Zeros,
        };
        return Binary((image, places) => nn.functional.grid_sample(image, places, sampling, outside, alignsCorners));
    }

    private static Operation AffineGrid(NodeContext node)
    {
        long[] theta = node.Shape(0), size = node.Integers(1);
        node.RequireFloats(0);
        node.Require(size.Length is 4 or 5 && size.All(length => length > 0), "size must be N, C and 2 or 3 spatial sizes");
        int axes = size.Length - 2;
        node.Require(theta.SequenceEqual([size[0], axes, axes + 1]), $"theta must have the shape ({size[0]},{axes},{axes + 1})");
        node.RequireSize([size[0], .. size.Skip(2), axes + 1]);
        bool alignsCorners = node.Node.GetInt("align_corners", 0) != 0;
        // The grid has no channels, and libtorch makes none.
        return Unary(x => nn.functional.affine_grid(x, [size[0], 1, .. size.Skip(2)], alignsCorners));
    }

    private static string? Objection(OnnxNode node, params string[] modes)
    {
        if (!modes.Contains(node.GetString("mode", modes[0])))
            return $"the mode is not one of {string.Join(", ", modes)}";
        return node.GetString("padding_mode", "zeros") is "zeros" or "border" or "reflection" ? null : "the padding_mode is not one of zeros, border and reflection";
    }
}
