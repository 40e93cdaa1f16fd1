using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Operators that draw random numbers. Each node has its own generator, seeded by its attribute or else by its name: the same
/// runs in the same order give the same numbers on every machine, but not those of ONNX Runtime; see <see cref="RandomOperators"/>.
/// </summary>
internal static class RandomNumbers
{
    public static void Register(OperatorTable table)
    {
        table.Add("RandomNormal", since: 1, node => Filling(node, Normal(node)), ObjectionToReal);
        table.Add("RandomUniform", since: 1, node => Filling(node, Uniform(node)), ObjectionToReal);
        table.Add("RandomNormalLike", since: 1, node => Like(node, Normal(node)), ObjectionToReal);
        table.Add("RandomUniformLike", since: 1, node => Like(node, Uniform(node)), ObjectionToReal);
        table.Add("Bernoulli", since: 15, Bernoulli, node => ObjectionTo(node, _ => true));
        table.Add("Multinomial", since: 7, Multinomial, node => ObjectionTo(node, type => type is ScalarType.Int32 or ScalarType.Int64));
    }

    /// <summary>Draws float32 numbers of a shape.</summary>
    private delegate Tensor Distribution(long[] shape, Generator generator);

    private static Distribution Normal(NodeContext node)
    {
        float mean = node.Node.GetFloat("mean", 0), deviation = node.Node.GetFloat("scale", 1);
        return (shape, generator) => randn(shape, ScalarType.Float32, generator: generator).mul_(Number.Of(deviation)).add_(Number.Of(mean), Number.One);
    }

    private static Distribution Uniform(NodeContext node)
    {
        float low = node.Node.GetFloat("low", 0), high = node.Node.GetFloat("high", 1);
        return (shape, generator) => rand(shape, ScalarType.Float32, generator: generator).mul_(Number.Of(high - low)).add_(Number.Of(low), Number.One);
    }

    private static Operation Filling(NodeContext node, Distribution distribution)
    {
        long[] shape = node.RequireSize(node.Node.GetInts("shape") ?? throw node.Fail("the attribute shape is missing"));
        ScalarType type = TypeOf(node.Node) ?? ScalarType.Float32;
        Generator generator = GeneratorOf(node);
        return _ => [Draw(distribution, shape, generator, type, node.Device)];
    }

    private static Operation Like(NodeContext node, Distribution distribution)
    {
        long[] shape = node.Shape(0);
        ScalarType type = TypeOf(node.Node) ?? node.Type(0);
        node.Require(is_floating_point(type), $"the numbers cannot be drawn as {type}");
        Generator generator = GeneratorOf(node);
        return inputs => [Draw(distribution, shape, generator, type, inputs[0]!.device)];
    }

    private static Operation Bernoulli(NodeContext node)
    {
        node.RequireFloats(0);
        long[] shape = node.Shape(0);
        ScalarType type = TypeOf(node.Node) ?? node.Type(0);
        Generator generator = GeneratorOf(node);
        return inputs =>
        {
            // Not torch.bernoulli, which fails on what is not a probability.
            using Tensor drawn = rand(shape, ScalarType.Float32, generator: generator), moved = drawn.to(inputs[0]!.device), hits = moved.lt(inputs[0]!);
            return [hits.to(type)];
        };
    }

    private static Operation Multinomial(NodeContext node)
    {
        node.RequireFloats(0);
        node.Require(node.Rank(0) == 2 && node.Shape(0)[1] > 0, "the input must be logarithms of weights, (batch, classes)");
        long rows = node.Shape(0)[0], classes = node.Shape(0)[1], samples = node.Node.GetInt("sample_size", 1);
        long[] shape = node.RequireSize([rows, samples]);
        ScalarType type = TypeOf(node.Node) ?? ScalarType.Int32;
        Generator generator = GeneratorOf(node);
        return inputs =>
        {
            // By the inverse of the distribution function: torch.multinomial fails on weights that are not finite.
            using Tensor wide = inputs[0]!.to(ScalarType.Float32), weights = nn.functional.softmax(wide, 1), sums = weights.cumsum(1);
            using Tensor drawn = rand(shape, ScalarType.Float32, generator: generator), moved = drawn.to(sums.device), total = sums.narrow(1, classes - 1, 1), points = moved.mul(total);
            using Tensor found = searchsorted(sums, points, right: true), inside = found.clamp_max(Number.Of(classes - 1));
            return [inside.to(type)];
        };
    }

    /// <summary>Numbers are drawn on the CPU, so that they do not depend on the device.</summary>
    private static Tensor Draw(Distribution distribution, long[] shape, Generator generator, ScalarType type, Device device)
    {
        using Tensor drawn = distribution(shape, generator), typed = drawn.to(type);
        return typed.to(device);
    }

    private static Generator GeneratorOf(NodeContext node)
    {
        node.IsRandom = true;
        if (node.Node.HasAttribute("seed"))
            return new Generator(BitConverter.ToUInt32(BitConverter.GetBytes(node.Node.GetFloat("seed", 0)), 0));
        // FNV-1a: two nodes without a seed must not draw the same numbers.
        return new Generator(node.Node.Outputs[0].Aggregate(14695981039346656037UL, (hash, letter) => unchecked((hash ^ letter) * 1099511628211UL)));
    }

    private static ScalarType? TypeOf(OnnxNode node) => ElementTypes.FromOnnx((int)node.GetInt("dtype", 0));

    private static string? ObjectionToReal(OnnxNode node) => ObjectionTo(node, is_floating_point);

    private static string? ObjectionTo(OnnxNode node, Func<ScalarType, bool> known) =>
        node.GetInt("dtype", 0) == 0 || (TypeOf(node) is { } type && known(type)) ? null : $"numbers of type {node.GetInt("dtype", 0)} are not drawn";
}
