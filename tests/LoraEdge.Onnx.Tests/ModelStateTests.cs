namespace LoraEdge.Onnx.Tests;

/// <summary>States are found by name, with the axis that is the batch and sizes for all others; what cannot be carried is refused.</summary>
public sealed class ModelStateTests
{
    private static readonly Dimension s_unknown = default;

    internal static IEnumerable<TestCaseData> Shapes =>
        from shape in new (string Name, Dimension[] Input, Dimension[] Output, long[] ForTwo, int BatchAxis, bool IsFixed)[]
        {
            ("batch first", ["batch", 1, 128], ["batch", 1, 128], [2, 1, 128], 0, false),
            ("an output with the size of the traced example", ["batch", 1, 128], [1, 1, 128], [2, 1, 128], 0, false),
            ("layers first", [3, "batch", 64], [3, "batch", 64], [3, 2, 64], 1, false),
            ("a size that only the output has", ["batch", "memory"], ["batch", 32], [2, 32], 0, false),
            ("nothing declared but the output's width", [s_unknown, s_unknown], [s_unknown, 8], [2, 8], 0, false),
            ("one sequence at a time", [1, 16], [1, 16], [2, 16], 0, true),
            ("one sequence at a time, layers first", [2, 1, 16], [2, 1, 16], [2, 2, 16], 1, true),
        }
        select new TestCaseData(shape.Input, shape.Output, shape.ForTwo, shape.BatchAxis, shape.IsFixed).SetArgDisplayNames(shape.Name);

    internal static IEnumerable<TestCaseData> Unfit =>
        from unfit in new (string Why, TensorElementType Type, Dimension[] Input, TensorElementType OutputType, Dimension[] Output)[]
        {
            ("'in' (float32[batch,8]) does not fit", TensorElementType.Float32, ["batch", 8], TensorElementType.Float32, ["batch", 9]),
            ("types and shapes must be the same", TensorElementType.Float32, ["batch", 8], TensorElementType.Float32, ["batch", 1, 8]),
            ("'out' (int64[batch,8])", TensorElementType.Float32, ["batch", 8], TensorElementType.Int64, ["batch", 8]),
            ("has no batch axis", TensorElementType.Float32, [], TensorElementType.Float32, []),
            ("none is 1", TensorElementType.Float32, [2, 8], TensorElementType.Float32, [2, 8]),
            ("no size on axis 1", TensorElementType.Float32, ["batch", "memory"], TensorElementType.Float32, ["batch", "memory"]),
            ("no size on axis 1", TensorElementType.Float32, ["batch", 0], TensorElementType.Float32, ["batch", 0]),
            ("numbers for one sequence", TensorElementType.Float32, ["batch", 1L << 40, 1L << 40], TensorElementType.Float32, ["batch", 1L << 40, 1L << 40]),
            ("cannot be carried", (TensorElementType)8, ["batch", 8], (TensorElementType)8, ["batch", 8]),
        }
        select new TestCaseData(unfit.Why, Model(unfit.Type, unfit.Input, unfit.OutputType, unfit.Output)).SetArgDisplayNames(unfit.Why, string.Join(",", unfit.Input));

    [TestCaseSource(nameof(Shapes))]
    public void AState_HasAShapeForEveryNumberOfSequences(Dimension[] input, Dimension[] output, long[] forTwo, int batchAxis, bool isFixed)
    {
        ModelState state = Find(Model(TensorElementType.Float32, input, TensorElementType.Float32, output)).Single();

        Assert.Multiple(() =>
        {
            Assert.That(state.ShapeFor(2), Is.EqualTo(forTwo));
            Assert.That((state.BatchAxis, state.IsBatchFixed), Is.EqualTo((batchAxis, isFixed)));
            Assert.That((state.Input, state.Output, state.ElementType), Is.EqualTo(("in", "out", TensorElementType.Float32)));
        });
    }

    [TestCaseSource(nameof(Unfit))]
    public void AStateThatCannotBeCarried_IsRefused(string why, OnnxModel model) =>
        Assert.That(() => Find(model), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(why));

    [Test]
    public void NamesThatTheModelLacks_AreRefused_WithThoseItHas()
    {
        OnnxModel model = Model(TensorElementType.Float32, ["batch", 8], TensorElementType.Float32, ["batch", 8]);

        Assert.That(() => Find(model, new RecurrentState("h", "out")), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("the input 'h', which state lacks; its inputs are in"));
        Assert.That(() => Find(model, new RecurrentState("in", "h")), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("the output 'h', which state lacks; its outputs are out"));
        Assert.That(() => Find(model, new("in", "out"), new("in", "out")), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("twice"));
        Assert.That(Find(model, []), Is.Empty);
    }

    private static IReadOnlyList<ModelState> Find(OnnxModel model) => Find(model, new RecurrentState("in", "out"));

    private static IReadOnlyList<ModelState> Find(OnnxModel model, params RecurrentState[] states) => ModelState.Find(model, new Objective { ValueName = "out", States = states });

    private static OnnxModel Model(TensorElementType type, Dimension[] input, TensorElementType outputType, Dimension[] output)
    {
        GraphBuilder graph = new GraphBuilder("state").Input("in", type, input);
        graph.Node("Identity", ["in"], ["out"]);
        return graph.Output("out", outputType, output).Build();
    }
}
