using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Normalisation of images and sequences <c>(N, C, spatial...)</c> by channel or by groups of channels.</summary>
internal static class ChannelNormalization
{
    public static void Register(OperatorTable table)
    {
        table.Add("BatchNormalization", since: 7, BatchNormalization, ObjectionToTraining);
        table.Add("InstanceNormalization", since: 6, InstanceNormalization);
        table.Add("GroupNormalization", since: 18, node => GroupNormalization(node, factorsPerGroup: true));
        table.Add("GroupNormalization", since: 21, node => GroupNormalization(node, factorsPerGroup: false));
        table.Add("LRN", since: 1, Lrn);
    }

    /// <summary>Inputs: X, scale, B, mean and variance of each channel. The statistics may have a wider type than X.</summary>
    private static Operation BatchNormalization(NodeContext node)
    {
        long[] shape = RequireChannels(node);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        for (int index = 1; index <= 4; index++)
            RequirePerChannel(node, index, shape[1]);
        bool isFused = node.Constant(3) is not null && node.Constant(4) is not null && Enumerable.Range(1, 4).All(index => node.Type(index) == node.Type(0));
        if (isFused)
            return inputs => [nn.functional.batch_norm(inputs[0]!, inputs[3]!, inputs[4]!, inputs[1]!, inputs[2]!, training: false, eps: epsilon)];
        long[] column = [-1, .. shape.Skip(2).Select(_ => 1L)];
        return inputs =>
        {
            // Trained statistics: libtorch passes gradients only to scale and B.
            using Tensor mean = inputs[3]!.reshape(column), variance = inputs[4]!.reshape(column), scale = inputs[1]!.reshape(column), bias = inputs[2]!.reshape(column);
            using Tensor safe = variance.add(Number.Of(epsilon), Number.One), inverse = safe.rsqrt(), centered = inputs[0]!.sub(mean), standard = centered.mul(inverse);
            using Tensor scaled = standard.mul(scale), result = scaled.add(bias, Number.One);
            return [result.to(inputs[0]!.dtype)];
        };
    }

    private static Operation InstanceNormalization(NodeContext node)
    {
        long[] shape = RequireChannels(node);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        for (int index = 1; index <= 2; index++)
        {
            RequirePerChannel(node, index, shape[1]);
            node.RequireSameType(0, index);
        }

        // A group for each channel; libtorch's own function refuses a channel of one element.
        return inputs => [nn.functional.group_norm(inputs[0]!, shape[1], inputs[1]!, inputs[2]!, epsilon)];
    }

    private static Operation GroupNormalization(NodeContext node, bool factorsPerGroup)
    {
        long[] shape = RequireChannels(node);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        long groups = node.Node.GetInt("num_groups", 0), channels = shape[1];
        node.Require(groups >= 1 && groups <= channels && channels % groups == 0, $"{channels} channels do not divide into {groups} groups");
        for (int index = 1; index <= 2; index++)
        {
            RequirePerChannel(node, index, factorsPerGroup ? groups : channels);
            node.RequireSameType(0, index);
        }

        return inputs =>
        {
            using Tensor scale = PerChannel(inputs[1]!, channels), bias = PerChannel(inputs[2]!, channels);
            return [nn.functional.group_norm(inputs[0]!, groups, scale, bias, epsilon)];
        };
    }

    private static Tensor PerChannel(Tensor factors, long channels)
    {
        long groups = factors.shape[0];
        if (groups == channels)
            return factors.alias();
        using Tensor column = factors.reshape(groups, 1), wide = column.expand(groups, channels / groups);
        return wide.reshape(channels);
    }

    /// <summary>Divides by a power of the mean square over neighbouring channels. The window's odd element is behind the centre.</summary>
    private static Operation Lrn(NodeContext node)
    {
        long[] shape = RequireChannels(node);
        long size = node.Node.GetInt("size", 0);
        node.Require(size >= 1 && size <= int.MaxValue, "size must be at least 1");
        float alpha = node.Node.GetFloat("alpha", 1e-4f), beta = node.Node.GetFloat("beta", 0.75f), offset = node.Node.GetFloat("bias", 1);
        long before = (size - 1) / 2;
        long[] flat = node.RequireSize([shape[0], 1, shape[1], shape.Skip(2).Aggregate(1L, (product, length) => product * length)]);
        node.RequireSize([shape[0], shape[1] + size - 1, flat[3]]);
        return Unary(x =>
        {
            using Tensor squares = x.pow(Number.Of(2)), rows = squares.reshape(flat), padded = Borders.Add(rows, [before, 0], [size - 1 - before, 0]);
            using Tensor mean = nn.functional.avg_pool2d(padded, [size, 1], [1, 1]), shaped = mean.reshape(shape);
            using Tensor scaled = shaped.mul(Number.Of(alpha)), moved = scaled.add(Number.Of(offset), Number.One), divisor = moved.pow(Number.Of(beta));
            return x.div(divisor);
        });
    }

    private static long[] RequireChannels(NodeContext node)
    {
        long[] shape = node.Shape(0);
        node.RequireFloats(0);
        node.Require(shape.Length >= 2 && shape.Skip(1).All(size => size > 0), "the input needs a batch axis and channels, none behind the batch empty");
        return shape;
    }

    private static void RequirePerChannel(NodeContext node, int index, long count)
    {
        node.RequireFloats(index);
        node.Require(node.Shape(index).SequenceEqual([count]), $"input {index} must hold {count} numbers");
    }

    private static string? ObjectionToTraining(OnnxNode node)
    {
        if (node.GetInt("training_mode", 0) != 0 || node.Outputs.Skip(1).Any(name => name.Length > 0))
            return "the training form is not supported; export the model for inference";
        return node.GetInt("spatial", 1) == 0 ? "only spatial 1 is supported" : null;
    }
}
