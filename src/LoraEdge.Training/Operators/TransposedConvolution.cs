using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// ConvTranspose of x <c>(N, C, spatial...)</c> with W <c>(C, M / groups, kernel...)</c> and B <c>(M)</c>: every element of x
/// spreads over a window of the result, and ONNX crops each end of that by a number of its own.
/// </summary>
/// <param name="Attributes">Strides and dilations.</param>
/// <param name="Begins">What is cropped at the front of each axis.</param>
/// <param name="Ends">What is cropped at the end of each axis; below 0 the result goes on with nothing but the bias.</param>
/// <param name="Groups">Number of groups of channels that do not mix.</param>
/// <param name="HasBias">Whether B is given, as the third input.</param>
internal sealed record TransposedConvolution(WindowAttributes Attributes, long[] Begins, long[] Ends, long Groups, bool HasBias)
{
    /// <summary>The one that a node's attributes describe.</summary>
    public static TransposedConvolution Of(NodeContext node, WindowAttributes attributes, long groups, long channels, bool hasBias)
    {
        long[] sizes = [.. node.Shape(0).Skip(2)], strides = attributes.Strides;
        long[] added = node.Node.GetInts("output_padding") is { } given ? [.. given] : new long[sizes.Length];
        node.Require(added.Length == sizes.Length && added.All(count => count is >= 0 and <= int.MaxValue), "output_padding does not fit the spatial axes");
        long[] full = [.. attributes.Spans.Select((span, axis) => (sizes[axis] - 1) * strides[axis] + span)];
        (long[] begins, long[] ends) = Cropped(node, attributes, sizes, [.. full.Zip(added, (size, more) => size + more)]);
        ends = [.. ends.Zip(added, (end, more) => end - more)];
        long[] result = [.. full.Select((size, axis) => size - begins[axis] - ends[axis])];
        node.Require(full.Select((size, axis) => begins[axis] < size && ends[axis] < size && result[axis] >= 1).All(fits => fits), "nothing would remain of the result");
        node.RequireSize([node.Shape(0)[0], channels, .. full]);
        node.RequireSize([node.Shape(0)[0], channels, .. result]);
        return new TransposedConvolution(attributes, begins, ends, groups, hasBias);
    }

    /// <summary>The operation.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        Tensor? bias = HasBias ? inputs[2] : null;
        // libtorch crops both ends alike, and lets the end go on by less than stride or dilation.
        long[] extension = [.. Begins.Zip(Ends, (begin, end) => begin - end)], zeros = new long[Begins.Length];
        bool cropsItself = extension.Select((more, axis) => more >= 0 && more < Math.Max(Attributes.Strides[axis], Attributes.Dilations[axis])).All(fits => fits);
        if (cropsItself)
            return [Multiply(inputs[0]!, inputs[1]!, bias, Begins, extension)];
        using Tensor full = Multiply(inputs[0]!, inputs[1]!, null, zeros, zeros);
        Tensor result = Borders.Crop(full, Begins, Ends);
        if (bias is null)
            return [result];
        using (result)
        using (Tensor channels = bias.reshape([-1, .. zeros.Select(_ => 1L)]))
            return [result.add(channels, Number.One)];
    }

    /// <summary>From pads, or so that the result gets the size that output_shape or auto_pad wants.</summary>
    private static (long[] Begins, long[] Ends) Cropped(NodeContext node, WindowAttributes attributes, long[] sizes, long[] full)
    {
        long[]? asked = node.Node.GetInts("output_shape") is { } given ? [.. given] : null;
        if (asked is null && !attributes.IsSame)
            return (attributes.Begins, attributes.Ends);
        // Some exporters write the batch and the channels too.
        asked = asked?.Length == sizes.Length + 2 ? [.. asked.Skip(2)] : asked;
        node.Require(asked is null || (asked.Length == sizes.Length && asked.All(size => size is >= 1 and <= int.MaxValue)), "output_shape does not fit the spatial axes");
        long[] wanted = asked ?? [.. sizes.Zip(attributes.Strides, (size, stride) => size * stride)];
        (long[] begins, long[] ends) = attributes.Distribute([.. full.Zip(wanted, (size, target) => Math.Max(0, size - target))]);
        return asked is null ? (begins, ends) : (begins, [.. full.Select((size, axis) => size - begins[axis] - asked[axis])]);
    }

    private Tensor Multiply(Tensor x, Tensor weight, Tensor? bias, long[] padding, long[] extension) =>
        NarrowProduct.Of(x, weight, bias, (narrow, narrowBias) => MultiplyAlike(narrow, weight, narrowBias, padding, extension));

    private Tensor MultiplyAlike(Tensor x, Tensor weight, Tensor? bias, long[] padding, long[] extension) => Attributes.Kernel.Length switch
    {
        1 => nn.functional.conv_transpose1d(x, weight, bias, Attributes.Strides[0], padding[0], extension[0], Attributes.Dilations[0], Groups),
        2 => nn.functional.conv_transpose2d(x, weight, bias, Attributes.Strides, padding, extension, Attributes.Dilations, Groups),
        _ => nn.functional.conv_transpose3d(x, weight, bias, Attributes.Strides, padding, extension, Attributes.Dilations, Groups),
    };
}
