using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that move elements work on every element type, and leave it as it is.</summary>
public sealed class PartTypeTests
{
    private static readonly int[] s_types =
    [
        OnnxDataType.Float, OnnxDataType.Double, OnnxDataType.Float16, OnnxDataType.BFloat16, OnnxDataType.Int64,
        OnnxDataType.Int32, OnnxDataType.Int16, OnnxDataType.Int8, OnnxDataType.UInt8, OnnxDataType.Bool,
    ];

    private static IEnumerable<TestCaseData> Nodes()
    {
        yield return Node("Reshape", ["x", "shape"]);
        yield return Node("Transpose", ["x"]);
        yield return Node("Expand", ["x", "wide"]);
        yield return Node("Tile", ["x", "wide"]);
        yield return Node("Concat", ["x", "x"], ("axis", 0));
        yield return Node("Split", ["x"], ("axis", 0), ("num_outputs", 1));
        yield return Node("Slice", ["x", "one", "none", "zero", "back"]);
        yield return Node("Gather", ["x", "one"]);
        yield return Node("GatherElements", ["x", "all"]);
        yield return Node("GatherND", ["x", "all"]);
        yield return Node("ScatterElements", ["x", "all", "x"]);
        yield return Node("ScatterND", ["x", "all", "row"]);
        foreach (string reduction in new[] { "add", "mul", "min", "max" })
        {
            yield return Node("ScatterElements", ["x", "all", "x"], ("reduction", reduction));
            yield return Node("ScatterND", ["x", "all", "row"], ("reduction", reduction));
        }

        yield return Node("Compress", ["x", "mask"], ("axis", 0));
        yield return Node("Unique", ["x"]);
        yield return Node("Unique", ["x"], ("axis", 0));
        yield return Node("ReverseSequence", ["x", "lengths"]);
        yield return Node("Trilu", ["x"]);
        yield return Node("EyeLike", ["x"]);
        yield return Node("OneHot", ["all", "two", "row"]);
    }

    [TestCaseSource(nameof(Nodes))]
    public void AnOperatorOnParts_KeepsTheElementType(string operation, string[] inputs, (string, object)[] attributes)
    {
        foreach (int type in s_types)
        {
            using Tensor y = Run(operation, inputs, attributes, type);
            Assert.That(y.dtype, Is.EqualTo(ElementTypes.FromOnnx(type)));
        }
    }

    [Test]
    public void TopK_RanksNumbersOfEveryType()
    {
        foreach (int type in s_types.Where(type => type != OnnxDataType.Bool))
        {
            using Tensor y = Run("TopK", ["x", "one"], [], type), wide = y.to(ScalarType.Float32);
            Assert.That(wide.ToFloats(), Is.EqualTo(new[] { 1f, 1f }));
        }
    }

    private static Tensor Run(string operation, string[] inputs, (string, object)[] attributes, int type)
    {
        ScalarType element = ElementTypes.FromOnnx(type)!.Value;
        using Tensor numbers = tensor(new[] { 1f, 0f, 0f, 1f }), square = numbers.reshape(2, 2), x = square.to(element);
        using Tensor row = x.select(0, 0);
        GraphBuilder graph = new GraphBuilder("types", opset: 18)
            .Input("x", (TensorElementType)type, 2, 2).Input("row", (TensorElementType)type, 2).Initializer(GraphBuilder.Tensor("mask", OnnxDataType.Bool, [1, 0], 2))
            .Initializer("shape", [4L, 1L], 2).Initializer("wide", [2L, 1L], 2).Initializer("all", [1L, 0L, 0L, 0L], 2, 2).Initializer("lengths", [2L, 1L], 2)
            .Initializer("zero", [0L], 1).Initializer("one", [1L], 1).Initializer("none", [-9L], 1).Initializer("back", [-1L], 1).Initializer("two", [2L], 1);
        graph.Node(operation, inputs, ["y"], attributes);
        using var executor = new GraphExecutor(graph.Output("y", (TensorElementType)type).Build());
        using var _ = no_grad();
        return executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["row"] = row }, "y").Single();
    }

    private static TestCaseData Node(string operation, string[] inputs, params (string, object)[] attributes) =>
        new TestCaseData(operation, inputs, attributes).SetArgDisplayNames($"{operation} {string.Join(" ", attributes.Select(pair => $"{pair.Item1}={pair.Item2}"))}");
}
