using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>
/// Models with functions of their own: ONNX Runtime on the file with functions, ONNX Runtime on what LoraEdge writes, and the
/// executor give the same.
/// </summary>
public sealed class FunctionTests
{
    private const string Local = "local";
    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(10, seed: 3), 2, 5) };

    private static IEnumerable<TestCaseData> Models()
    {
        yield return Case("called twice, with an attribute and its default", builder =>
        {
            AddScale(builder);
            string first = builder.Node("Scale", ["x"], attributes: [("factor", 3f)], domain: Local);
            builder.Node("Scale", [first], ["y"], domain: Local);
        });
        yield return Case("nested, with equal names inside and an attribute handed on", builder =>
        {
            AddScale(builder);
            GraphBuilder body = new("Outer");
            body.Node("Scale", ["x"], ["h"], [("factor", AttributeReference.To<float>("outer"))], Local);
            body.Node("Scale", ["h"], ["y"], [("factor", 0.5f)], Local);
            builder.Function(Local, body.Opset(Local, 1), ["x"], ["y"], [("outer", 4f)]);
            string h = builder.Node("Relu", ["x"], ["h"]);
            builder.Node("Outer", [h], ["y"], domain: Local);
        });
        yield return Case("an optional input omitted in the middle", builder =>
        {
            GraphBuilder body = new("Part");
            body.Node("Slice", ["x", "from", "to", "axes", "steps"], ["y"]);
            builder.Function(Local, body, ["x", "axes", "from", "to", "steps"], ["y"]).Initializer("one", [1L, 1L], 2).Initializer("from", [0L, 0L], 2).Initializer("to", [9L, 9L], 2);
            builder.Node("Part", ["x", "", "from", "to", "one"], ["y"], domain: Local);
        });
        yield return Case("optional inputs omitted at the end", builder =>
        {
            GraphBuilder body = new("Normal");
            body.Node("LayerNormalization", ["x", "scale", "shift"], ["y"]);
            builder.Function(Local, body, ["x", "scale", "shift"], ["y"]).Initializer("s", [1f, 2f, 3f, 4f, 5f], 5);
            builder.Node("Normal", ["x", "s"], ["y"], domain: Local);
        }, plain: builder => builder.Initializer("s", [1f, 2f, 3f, 4f, 5f], 5).Node("LayerNormalization", ["x", "s"], ["y"]));
        yield return Case("an attribute that neither the call nor the function sets", builder =>
        {
            GraphBuilder body = new("Rows");
            body.Node("Softmax", ["x"], ["y"], [("axis", AttributeReference.To<long>("axis"))]);
            builder.Function(Local, body, ["x"], ["y"], [("axis", null)]);
            string columns = builder.Node("Rows", ["x"], attributes: [("axis", 0)], domain: Local);
            builder.Node("Rows", [columns], ["y"], domain: Local);
        });
        yield return Case("second output only", builder =>
        {
            GraphBuilder body = new("Both");
            body.Node("Relu", ["x"], ["first"]);
            body.Node("Neg", ["x"], ["second"]);
            builder.Function(Local, body, ["x"], ["first", "second"]);
            builder.Node("Both", ["x"], ["", "y"], domain: Local);
        });
        yield return Case("an input handed on", builder =>
        {
            GraphBuilder body = new("Pass");
            body.Node("Neg", ["x"], ["negative"]);
            builder.Function(Local, body, ["x"], ["x", "negative"]);
            builder.Node("Pass", ["x"], ["same", "negative"], domain: Local);
            builder.Node("Mul", ["same", "negative"], ["y"]);
        }, plain: builder => builder.Node("Mul", ["x", builder.Node("Neg", ["x"])], ["y"]));
        yield return Case("overloads", builder =>
        {
            foreach ((string overload, string operation) in new[] { ("a", "Neg"), ("b", "Abs") })
            {
                GraphBuilder body = new("Change");
                body.Node(operation, ["x"], ["y"]);
                builder.Function(Local, body, ["x"], ["y"], overload: overload);
            }

            string first = builder.Node("Change", ["x"], domain: Local, overload: "b");
            builder.Node("Change", [first], ["y"], domain: Local, overload: "a");
        }, irVersion: 10);
        yield return Case("a conditional within, which captures", builder =>
        {
            GraphBuilder body = new("Maybe");
            body.Node("Abs", ["x"], ["h"]);
            body.Node("Relu", [body.Node("ReduceSum", ["x"], attributes: [("keepdims", 0)])], ["total"]);
            body.Node("Cast", ["total"], ["positive"], [("to", OnnxDataType.Bool)]);
            GraphBuilder then = body.Subgraph("then"), otherwise = body.Subgraph("else");
            then.Node("Add", ["h", "x"], ["r"]);
            otherwise.Node("Sub", ["h", "x"], ["r"]);
            body.Node("If", ["positive"], ["y"], [("then_branch", then.Output("r", TensorElementType.Float32, 2, 5)), ("else_branch", otherwise.Output("r", TensorElementType.Float32, 2, 5))]);
            builder.Function(Local, body, ["x"], ["y"]);
            string h = builder.Node("Maybe", ["x"], ["h"], domain: Local);
            builder.Node("Maybe", [builder.Node("Neg", [h])], ["y"], domain: Local);
        });
        yield return Case("called in a branch", builder =>
        {
            AddScale(builder);
            builder.Initializer(GraphBuilder.Tensor("yes", OnnxDataType.Bool, [1]));
            GraphBuilder then = builder.Subgraph("then"), otherwise = builder.Subgraph("else");
            then.Node("Scale", ["x"], ["r"], domain: Local);
            otherwise.Node("Neg", ["x"], ["r"]);
            builder.Node("If", ["yes"], ["y"], [("then_branch", then.Output("r", TensorElementType.Float32, 2, 5)), ("else_branch", otherwise.Output("r", TensorElementType.Float32, 2, 5))]);
        });
        yield return Case("sets that only the function imports", builder =>
        {
            GraphBuilder body = new GraphBuilder("Fast").Opset("com.microsoft", 1);
            body.Node("Gelu", ["x"], ["y"], domain: "com.microsoft");
            builder.Function(Local, body, ["x"], ["y"]);
            builder.Node("Fast", ["x"], ["y"], domain: Local);
        }, executes: false);
        yield return Case("the name of an operator, which the operator keeps", builder =>
        {
            GraphBuilder body = new("Neg");
            body.Node("Abs", ["x"], ["y"]);
            builder.Function("", body, ["x"], ["y"]);
            builder.Node("Neg", ["x"], ["y"]);
        });
        yield return Case("an older operator set", builder =>
        {
            GraphBuilder body = new("Rows", opset: 12);
            body.Node("Softmax", ["x"], ["y"], [("axis", 0)]);
            builder.Function(Local, body, ["x"], ["y"]);
            builder.Node("Rows", ["x"], ["y"], domain: Local);
        });
    }

    [TestCaseSource(nameof(Models))]
    public void AModelWithFunctions_ComputesTheSame_WithThemInlined(Action<GraphBuilder> build, Action<GraphBuilder> reference, int irVersion, bool executes)
    {
        GraphBuilder builder = Start(build, irVersion);
        float[] expected = Floats(OnnxRuntimeReference.Run(Start(reference, irVersion).ToBytes(), s_inputs));
        OnnxModel model = builder.Build();

        Assert.That(model.Graph.Nodes.Select(node => node.Domain), Has.None.EqualTo(Local));
        Numbers.AssertClose(Floats(OnnxRuntimeReference.Run(model, s_inputs)), expected, Tolerances.Float32);
        if (executes)
            Numbers.AssertClose(Execute(model), expected, Tolerances.Float32);
    }

    private static float[] Execute(OnnxModel model)
    {
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        Dictionary<string, Tensor> inputs = s_inputs.ToTorch();
        float[] y = executor.Run(inputs, "y").Single().ToFloatsAndDispose();
        inputs.Values.DisposeAll();
        return y;
    }

    /// <summary>y = factor * x, through a value h.</summary>
    private static void AddScale(GraphBuilder builder)
    {
        GraphBuilder body = new("Scale");
        body.Node("Constant", [], ["h"], [("value_float", AttributeReference.To<float>("factor"))]);
        body.Node("Mul", ["x", "h"], ["y"]);
        builder.Function(Local, body, ["x"], ["y"], [("factor", 2f)]);
    }

    private static float[] Floats(Dictionary<string, HostTensor> outputs) => outputs["y"].AsSpan<float>().ToArray();

    private static GraphBuilder Start(Action<GraphBuilder> build, int irVersion)
    {
        GraphBuilder builder = new GraphBuilder("functions", irVersion: irVersion).Opset(Local, 1).Input("x", TensorElementType.Float32, 2, 5);
        build(builder);
        return builder.Output("y", TensorElementType.Float32, 2, 5);
    }

    /// <param name="name">What the case is about.</param>
    /// <param name="build">Adds functions and nodes.</param>
    /// <param name="plain">The same without functions, for what ONNX Runtime itself fails at; null for none.</param>
    /// <param name="irVersion">Version of the file format.</param>
    /// <param name="executes">Whether the executor has all of the operators.</param>
    private static TestCaseData Case(string name, Action<GraphBuilder> build, Action<GraphBuilder>? plain = null, int irVersion = 8, bool executes = true) =>
        new TestCaseData(build, plain ?? build, irVersion, executes).SetArgDisplayNames(name);
}
