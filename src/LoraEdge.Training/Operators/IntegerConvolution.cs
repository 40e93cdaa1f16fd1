using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// The exact convolution of a quantized image, sequence or volume. What is added around it stands for 0, so the zero points
/// are subtracted first.
/// </summary>
/// <param name="X">The image, <c>(batch, channels, ...)</c>.</param>
/// <param name="W">The kernel, <c>(out, channels/groups, ...)</c>; its zero point may differ from one output channel to the next.</param>
/// <param name="Type">Floating-point type in which it is exact.</param>
/// <param name="Strides">Steps of the kernel.</param>
/// <param name="Dilations">Distance between the kernel's elements.</param>
/// <param name="Padding">What is added, as libtorch wants it: before and after, the last axis first.</param>
/// <param name="Groups">Groups of channels that do not mix.</param>
internal sealed record IntegerConvolution(IntegerFactor X, IntegerFactor W, ScalarType Type, long[] Strides, long[] Dilations, long[] Padding, long Groups)
{
    /// <summary>Checks the factors and the attributes of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="x">Index of the image.</param>
    /// <param name="zeroX">Index of its zero point.</param>
    /// <param name="w">Index of the kernel.</param>
    /// <param name="zeroW">Index of its zero point.</param>
    /// <param name="bias">Index of an int32 bias; -1 for none.</param>
    public static IntegerConvolution Of(NodeContext node, int x, int zeroX, int w, int zeroW, int bias = -1)
    {
        long[] image = node.Shape(x), kernel = node.Shape(w);
        int axes = image.Length - 2;
        node.Require(axes is >= 1 and <= 3 && kernel.Length == image.Length, "a convolution takes one to three axes beside batch and channels");
        long groups = node.Node.GetInt("group", 1);
        node.Require(groups > 0 && !kernel.Contains(0) && image[1] % groups == 0 && kernel[0] % groups == 0 && kernel[1] == image[1] / groups, "channels, kernel and groups do not fit");
        long[] sizes = [.. kernel.Skip(2)];
        node.Require((node.Node.GetInts("kernel_shape") ?? sizes).SequenceEqual(sizes), "kernel_shape is not what the kernel has");
        long[] strides = Attribute(node, "strides", axes), dilations = Attribute(node, "dilations", axes);
        long[] spans = [.. sizes.Zip(dilations, (size, dilation) => (size - 1) * dilation + 1)];
        long[] pads = Pads(node, image, strides, spans);
        long[] result = [.. Enumerable.Range(0, axes).Select(axis => (image[axis + 2] + pads[axis] + pads[axis + axes] - spans[axis]) / strides[axis] + 1)];
        node.Require(Enumerable.Range(0, axes).All(axis => image[axis + 2] + pads[axis] + pads[axis + axes] >= spans[axis]), "the kernel is larger than the padded image");
        node.RequireSize([image[0], kernel[0], .. result]);
        node.RequireSize([image[0], image[1], .. Enumerable.Range(0, axes).Select(axis => image[axis + 2] + pads[axis] + pads[axis + axes])]);
        IntegerFactor factorW = IntegerFactor.Of(node, w, zeroW, axis: 0);
        ScalarType type = ExactType.Of(node, factorW, [.. Enumerable.Range(1, axes + 1).Select(axis => (long)axis)], bias);
        long[] padding = [.. Enumerable.Range(0, axes).Reverse().SelectMany(axis => new[] { pads[axis], pads[axis + axes] })];
        return new IntegerConvolution(IntegerFactor.Of(node, x, zeroX, axis: 1), factorW, type, strides, dilations, padding, groups);
    }

    /// <summary>Computes it; the integers are held as floats.</summary>
    public Tensor Run(Tensor?[] inputs)
    {
        using Tensor image = X.Centred(inputs, Type), kernel = W.Centred(inputs, Type);
        using Tensor padded = Padding.All(size => size == 0) ? image.alias() : nn.functional.pad(image, Padding);
        if (Strides.Length == 2)
            return nn.functional.conv2d(padded, kernel, null, Strides, null, Dilations, Groups);
        return Strides.Length == 1
            ? nn.functional.conv1d(padded, kernel, null, Strides[0], null, Dilations[0], Groups)
            : nn.functional.conv3d(padded, kernel, null, Strides, null, Dilations, Groups);
    }

    private static long[] Attribute(NodeContext node, string name, int axes)
    {
        long[] values = [.. node.Node.GetInts(name) ?? [.. Enumerable.Repeat(1L, axes)]];
        node.Require(values.Length == axes && values.All(value => value is > 0 and <= int.MaxValue), $"{name} must be {axes} numbers above 0");
        return values;
    }

    /// <summary>Padding before every axis, then after every axis.</summary>
    private static long[] Pads(NodeContext node, long[] image, long[] strides, long[] spans)
    {
        int axes = strides.Length;
        string mode = node.Node.GetString("auto_pad", "NOTSET");
        if (mode is "NOTSET" or "VALID")
        {
            long[] given = mode == "VALID" ? new long[2 * axes] : [.. node.Node.GetInts("pads") ?? new long[2 * axes]];
            node.Require(given.Length == 2 * axes && given.All(pad => pad is >= 0 and <= int.MaxValue), $"pads must be {2 * axes} numbers of at least 0");
            return given;
        }

        node.Require(mode is "SAME_UPPER" or "SAME_LOWER", $"auto_pad {mode} does not exist");
        long[] total = [.. Enumerable.Range(0, axes).Select(axis => Math.Max(0, ((image[axis + 2] + strides[axis] - 1) / strides[axis] - 1) * strides[axis] + spans[axis] - image[axis + 2]))];
        long[] first = [.. total.Select(pad => mode == "SAME_UPPER" ? pad / 2 : pad - pad / 2)];
        return [.. first, .. total.Zip(first, (all, before) => all - before)];
    }
}
