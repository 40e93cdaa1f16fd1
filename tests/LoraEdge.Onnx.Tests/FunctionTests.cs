using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx.Tests;

/// <summary>Functions of a model's own, in the place of their calls. That the result computes the same is tested against ONNX Runtime with the executor.</summary>
public sealed class FunctionTests
{
    [Test]
    public void Calls_AreReplacedByNodes_WhoseNamesTellWhereTheyComeFrom()
    {
        OnnxGraph graph = SmallModels.WithFunctions().Build().Graph;

        Assert.That(Text(graph), Is.EqualTo(new[]
        {
            "MatMul(x,w)=h->h", "Constant()=h->s->h", "Mul(h->h,h->s->h)=h->s", "If(flag)=h->c", "Clip(h->s,h->c)=h", "Constant()=y->h", "Mul(h,y->h)=y",
        }));
        OnnxNode conditional = graph.ProducerOf("h->c")!;
        Assert.That(Text(conditional.GetGraph("then_branch")!), Is.EqualTo(new[] { "Add(h->h,b)=h->r" }));
        Assert.That(Text(conditional.GetGraph("else_branch")!), Is.EqualTo(new[] { "Constant()=h->r->h", "Mul(h->own,h->r->h)=h->r" }));
        Assert.That(conditional.CapturedValues, Is.EqualTo(new[] { "b", "h->h" }));
        Assert.That(graph.ProducerOf("h->s->h")!.GetFloat("value_float", 0), Is.EqualTo(3));
        Assert.That(graph.ProducerOf("y->h")!.GetFloat("value_float", 0), Is.EqualTo(2));
        Assert.That(graph.ProducerOf("h->h")!.DisplayName, Is.EqualTo("call/h"));
    }

    [Test]
    public void AWeightThatACallHandsIn_IsAdaptable() =>
        Assert.That(AdaptableLayers.Find(SmallModels.WithFunctions().Build().Graph).Layers.Single().WeightName, Is.EqualTo("w"));

    [Test]
    public void WhatIsWrittenBack_HoldsNoFunctions_AndIsTheSameModel()
    {
        OnnxModel model = SmallModels.WithFunctions().Build();
        Assert.That(SmallModels.Proto(model).Functions, Is.Empty);
        OnnxModel again = OnnxModel.Parse(model.ToBytes(), "again");
        Assert.That(again.Fingerprint, Is.EqualTo(model.Fingerprint));
        Assert.That(again.ToBytes(), Is.EqualTo(model.ToBytes()));
    }

    [Test]
    public void OrdersAndNamesThatMeanNothing_DoNotChangeTheFingerprint()
    {
        Assert.That(Fingerprint(model => Reverse(model.Functions)), Is.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => Reverse(model.Functions[1].Node)), Is.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => Reverse(model.Graph.Node)), Is.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => model.Graph.Node[0].Name = "another"), Is.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => model.Functions.Add(new FunctionProto { Name = "unused", Domain = "local" })), Is.EqualTo(Fingerprint(_ => { })));
    }

    [Test]
    public void WhatACallComputes_ChangesTheFingerprint()
    {
        Assert.That(Fingerprint(model => model.Functions[0].Node[1].OpType = "Add"), Is.Not.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => model.Functions[0].AttributeProto[0].F = 5), Is.Not.EqualTo(Fingerprint(_ => { })));
        Assert.That(Fingerprint(model => model.Graph.Node[0].Attribute[0].F = 5), Is.Not.EqualTo(Fingerprint(_ => { })));
    }

    [Test]
    public void AModelWithFunctions_HashesLikeTheSameModelWithoutThem()
    {
        GraphBuilder body = new("Twice");
        body.Node("Add", ["a", "a"], ["b"]);
        GraphBuilder called = Start().Opset("local", 1).Function("local", body, ["a"], ["b"]), plain = Start();
        called.Node("Relu", [called.Node("Twice", ["x"], ["sum"], domain: "local")], ["y"]);
        plain.Node("Relu", [plain.Node("Add", ["x", "x"], ["sum"])], ["y"]);

        Assert.That(Finish(called).Fingerprint, Is.EqualTo(Finish(plain).Fingerprint));
    }

    [Test]
    public void NamesWithArrowsOfTheirOwn_StayApart()
    {
        // Without a longer arrow both calls would name their inner value a->b->c.
        GraphBuilder first = new("First"), second = new("Second");
        first.Node("Abs", [first.Node("Neg", ["i"], ["b->c"])], ["o"]);
        second.Node("Abs", [second.Node("Relu", ["i"], ["c"])], ["o"]);
        GraphBuilder builder = Start().Opset("local", 1).Function("local", first, ["i"], ["o"]).Function("local", second, ["i"], ["o"]);
        builder.Node("First", ["x"], ["a"], domain: "local");
        builder.Node("Second", ["a"], ["a->b"], domain: "local");
        builder.Node("Add", ["a", "a->b"], ["y"]);

        Assert.That(Finish(builder).Graph.Nodes.Select(node => node.Outputs[0]), Is.EqualTo(new[] { "a-->b->c", "a", "a->b-->c", "a->b", "y" }));
    }

    [Test]
    public void ASubgraphThatDefinesTheNameOfAnInput_KeepsItsOwnValue()
    {
        GraphBuilder body = new("Body");
        GraphBuilder then = body.Subgraph("then"), otherwise = body.Subgraph("else");
        then.Node("Add", [then.Node("Neg", ["b"], ["a"]), "b"], ["r"]);
        otherwise.Node("Neg", ["a"], ["r"]);
        body.Node("If", ["flag"], ["o"], [("then_branch", then.Output("r", TensorElementType.Float32)), ("else_branch", otherwise.Output("r", TensorElementType.Float32))]);
        GraphBuilder builder = Start().Input("flag", TensorElementType.Boolean).Opset("local", 1).Function("local", body, ["a", "b", "flag"], ["o"]);
        builder.Node("Body", ["x", "x", "flag"], ["y"], domain: "local");

        OnnxNode conditional = Finish(builder).Graph.Nodes.Single();

        Assert.That(Text(conditional.GetGraph("then_branch")!), Is.EqualTo(new[] { "Neg(x)=y->a", "Add(y->a,x)=y->r" }));
        Assert.That(Text(conditional.GetGraph("else_branch")!), Is.EqualTo(new[] { "Neg(x)=y->r" }));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Broken("a function that calls itself", "never ends", builder => Define(builder, "F", "F"));
        yield return Broken("functions that call each other", "never ends", builder => Define(Define(builder, "F", "G"), "G", "F"));
        yield return Broken("a call in a branch of the function itself", "never ends", builder =>
        {
            GraphBuilder body = new("F"), then = body.Subgraph("then"), otherwise = body.Subgraph("else");
            then.Node("F", ["i"], ["r"], domain: "local");
            otherwise.Node("Neg", ["i"], ["r"]);
            body.Node("If", ["i"], ["o"], [("then_branch", then.Output("r", TensorElementType.Float32)), ("else_branch", otherwise.Output("r", TensorElementType.Float32))]);
            return builder.Function("local", body, ["i"], ["o"]);
        });
        yield return Broken("functions that double", "256 MB", builder => Enumerable.Range(0, 23).Aggregate(
            Define(builder, "F23", "Neg", ""), (graph, level) => Define(graph, level == 0 ? "F" : $"F{level}", $"F{level + 1}", "local", twice: true)));
        yield return Broken("functions that lie very deep", "24 deep", builder => Enumerable.Range(0, 30).Aggregate(
            Define(builder, "F30", "Neg", ""), (graph, level) => Define(graph, level == 0 ? "F" : $"F{level}", $"F{level + 1}")));
        yield return Broken("a long name many times", "256 MB", builder =>
        {
            GraphBuilder body = new("G"), calls = new("F");
            for (int i = 0; i < 1000; i++)
                body.Node("Neg", ["i"], [$"v{i}"]);
            body.Node("Neg", ["i"], ["o"]);
            for (int i = 0; i < 10; i++)
                calls.Node("G", ["i"], [$"{new string('n', 20_000)}{i}"], domain: "local");
            calls.Node("G", ["i"], ["o"], domain: "local");
            return builder.Function("local", body, ["i"], ["o"]).Function("local", calls, ["i"], ["o"]);
        });
        yield return Broken("two functions of one name", "two functions", builder => Define(Define(builder, "F", "Neg", ""), "F", "Abs", ""));
        yield return Broken("two inputs of one name", "two inputs", builder => Define(builder, "F", "Neg", "", inputs: ["i", "i"]));
        yield return Broken("more inputs than the function has", "1 inputs", builder => Define(builder, "F", "Neg", "", inputs: []));
        yield return Broken("an input that the function redefines", "'x'", builder => Define(builder, "F", "Neg", "", inputs: ["o"]));
        yield return Broken("a value that nothing defines", "'y->i'", builder => Define(builder, "F", "Neg", "", inputs: ["other"]));
        yield return Broken("an output that nothing computes", "'y'", builder => Define(builder, "F", "Neg", "", output: "nothing"));
        yield return Broken("an attribute of another kind", "Int", builder =>
        {
            GraphBuilder body = new("F");
            body.Node("LeakyRelu", ["i"], ["o"], [("alpha", AttributeReference.To<float>("slope"))]);
            return builder.Function("local", body, ["i"], ["o"], [("slope", 3L)]);
        });
        yield return Broken("an omitted input handed on", "omits", builder => builder.Function("local", new GraphBuilder("F"), ["i", "later"], ["later"]));
        yield return Broken("a domain that neither imports", "'elsewhere'", builder => Define(builder, "F", "Neg", "elsewhere"));
    }

    [TestCaseSource(nameof(Malformed))]
    public void Build_OfFunctionsThatBreakTheRules_SaysHow(Func<GraphBuilder, GraphBuilder> define, string complaint)
    {
        GraphBuilder builder = define(Start().Opset("local", 1));
        builder.Node("F", ["x"], ["y"], domain: "local");
        builder.Output("y", TensorElementType.Float32);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(() => builder.Build(), Throws.TypeOf<ModelFormatException>().With.Message.Contains(complaint));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1L << 30));
    }

    private static GraphBuilder Define(GraphBuilder builder, string name, string calls, string domain = "local", bool twice = false, string[]? inputs = null, string output = "o")
    {
        GraphBuilder body = new(name);
        body.Node(calls, [twice ? body.Node(calls, ["i"], ["m"], domain: domain) : "i"], ["o"], domain: domain);
        return builder.Function("local", body, inputs ?? ["i"], [output]);
    }

    private static GraphBuilder Start() => new GraphBuilder("small").Input("x", TensorElementType.Float32);

    private static OnnxModel Finish(GraphBuilder builder) => builder.Output("y", TensorElementType.Float32).Build();

    private static string[] Text(OnnxGraph graph) => [.. graph.Nodes.Select(node => $"{node.OpType}({string.Join(",", node.Inputs)})={string.Join(",", node.Outputs)}")];

    private static ModelFingerprint Fingerprint(Action<ModelProto> edit)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(SmallModels.WithFunctions().ToBytes());
        edit(proto);
        return OnnxModel.Parse(proto.ToByteArray(), "edited").Fingerprint;
    }

    private static void Reverse<T>(IList<T> items)
    {
        for (int left = 0, right = items.Count - 1; left < right; left++, right--)
            (items[left], items[right]) = (items[right], items[left]);
    }

    private static TestCaseData Broken(string name, string complaint, Func<GraphBuilder, GraphBuilder> define) =>
        new TestCaseData(define, complaint).SetArgDisplayNames(name);
}
