using LoraEdge.Inference.Generation;

namespace LoraEdge.Inference.Tests.Generation;

/// <summary>What the inputs and outputs of a decoder are recognised as, and the errors of those that are not one.</summary>
public sealed class DecoderLayoutTests
{
    private static readonly Dimension[] s_past = ["batch", 2, "past", 8];

    [TestCase("past_key_values.0.key", "present.0.key")]
    [TestCase("past_key_values.11.value", "present.11.value")]
    [TestCase("past_key_values.0.key", "present_key_values.0.key")]
    [TestCase("past.0.key", "present.0.key")]
    [TestCase("past_key_self_0", "present_key_self_0")]
    public void Cache_IsPairedByTheNamesOfExporters(string past, string present)
    {
        var layout = new DecoderLayout(Decoder(graph => AddCache(graph, past, present, s_past)));

        Assert.That(layout.Cache.Select(value => (value.Past, value.Present)), Is.EqualTo([(past, present)]));
        Assert.That(layout.Cache[0].Empty, Is.EqualTo([1L, 2, 0, 8]));
    }

    [Test]
    public void Cache_OfGpt2_HoldsKeysAndValuesInOne()
    {
        var layout = new DecoderLayout(Decoder(graph => AddCache(graph, "past_0", "present_0", [2, "batch", 12, "past", 64])));

        Assert.That(layout.Cache.Single().Empty, Is.EqualTo([2L, 1, 12, 0, 64]));
    }

    [Test]
    public void Cache_ThatIsOnlyWritten_IsNone()
    {
        var layout = new DecoderLayout(Decoder(graph => graph.Output("present.0.key", TensorElementType.Float32, "batch", "length", 4).Node("Identity", ["logits"], ["present.0.key"])));

        Assert.That(layout.Cache, Is.Empty);
        Assert.That(layout.Logits, Is.EqualTo("logits"));
    }

    [Test]
    public void Feed_GivesMaskPositionsAndBranchForWhatIsNew()
    {
        var layout = new DecoderLayout(Decoder(graph => AddCache(graph, "past.0.key", "present.0.key", s_past)
            .Input("attention_mask", TensorElementType.Int32, "batch", "total").Input("position_ids", TensorElementType.Int64, "batch", "length").Input("use_cache_branch", TensorElementType.Boolean, 1)));

        Dictionary<string, HostTensor> first = layout.Feed([5, 6], 0), next = layout.Feed([5, 6, 7], 2);

        Assert.That(first.Keys, Is.EquivalentTo(["input_ids", "attention_mask", "position_ids", "use_cache_branch"]));
        Assert.That(first["input_ids"].AsSpan<long>().ToArray(), Is.EqualTo([5L, 6]));
        Assert.That(first["use_cache_branch"].AsSpan<bool>()[0], Is.False);
        Assert.That(next["input_ids"].AsSpan<long>().ToArray(), Is.EqualTo([7L]));
        Assert.That(next["attention_mask"].AsSpan<int>().ToArray(), Is.EqualTo([1, 1, 1]));
        Assert.That(next["position_ids"].AsSpan<long>().ToArray(), Is.EqualTo([2L]));
        Assert.That(next["use_cache_branch"].AsSpan<bool>()[0], Is.True);
    }

    [Test]
    public void Feed_OfFixedLength_PadsBehindTheSequence()
    {
        var layout = new DecoderLayout(Decoder(graph => graph.Input("attention_mask", TensorElementType.Int64, 1, 5), length: 5));

        Dictionary<string, HostTensor> fed = layout.Feed([7, 8, 9], 0);

        Assert.That(fed["input_ids"].AsSpan<long>().ToArray(), Is.EqualTo([7L, 8, 9, 0, 0]));
        Assert.That(fed["attention_mask"].AsSpan<long>().ToArray(), Is.EqualTo([1L, 1, 1, 0, 0]));
    }

    [Test]
    public void Tokens_OfAnotherName_AreTheOneIntegerInput()
    {
        Assert.That(new DecoderLayout(Decoder(_ => { }, tokens: "idx")).Tokens.Name, Is.EqualTo("idx"));
    }

    public static IEnumerable<TestCaseData> Refused()
    {
        static TestCaseData Case(string name, string message, Action<GraphBuilder> add, Dimension? length = null) => new TestCaseData(Decoder(add, length), message).SetArgDisplayNames(name);
        yield return Case("no present", "'present.0.key' is missing", graph => graph.Input("past_key_values.0.key", TensorElementType.Float32, s_past));
        yield return Case("fixed past", "[batch,2,16,8]", graph => AddCache(graph, "past.0.key", "present.0.key", ["batch", 2, 16, 8]));
        yield return Case("open heads", "'past.0.key'", graph => AddCache(graph, "past.0.key", "present.0.key", ["batch", "heads", "past", 8]));
        yield return Case("rank 3", "'past.0.key'", graph => AddCache(graph, "past.0.key", "present.0.key", ["batch", "past", 8]));
        yield return Case("batch of 2", "'past.0.key'", graph => AddCache(graph, "past.0.key", "present.0.key", [2, 2, "past", 8]));
        yield return Case("unknown input", "'encoder_hidden_states'", graph => graph.Input("encoder_hidden_states", TensorElementType.Float32, "batch", "source", 8));
        yield return Case("mask of floats", "'attention_mask'", graph => graph.Input("attention_mask", TensorElementType.Float32, "batch", "total"));
        yield return Case("mask of rank 4", "'attention_mask'", graph => graph.Input("attention_mask", TensorElementType.Int64, "batch", 1, "length", "total"));
        yield return Case("mask of fixed length", "'attention_mask'", graph => graph.Input("attention_mask", TensorElementType.Int64, "batch", 7));
        yield return Case("cache of fixed length", "fixed length of 1", graph => AddCache(graph, "past.0.key", "present.0.key", s_past), 1);
    }

    [TestCaseSource(nameof(Refused))]
    public void AModelThatCannotBeFed_IsRefusedByName(OnnxModel model, string message)
    {
        Assert.That(() => new SequenceGenerator(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains(message).And.Message.Contains(model.Name));
    }

    [Test]
    public void AModelOfAnotherKind_IsRefusedWithItsInputs()
    {
        Assert.That(() => new SequenceGenerator(TinyModels.Policy()), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'x'"));
    }

    [Test]
    public void LogitsOfAnotherType_AreRefused()
    {
        var graph = new GraphBuilder("halves").Input("input_ids", TensorElementType.Int64, "batch", "length");
        graph.Node("Cast", ["input_ids"], ["logits"], [("to", (int)TensorElementType.Float16)]);

        Assert.That(() => new SequenceGenerator(graph.Output("logits", TensorElementType.Float16, "batch", "length").Build()), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'logits'"));
    }

    private static GraphBuilder AddCache(GraphBuilder graph, string past, string present, Dimension[] shape)
    {
        graph.Input(past, TensorElementType.Float32, shape).Output(present, TensorElementType.Float32, shape);
        graph.Node("Identity", [past], [present]);
        return graph;
    }

    private static OnnxModel Decoder(Action<GraphBuilder> add, Dimension? length = null, string tokens = "input_ids")
    {
        GraphBuilder graph = new GraphBuilder("decoder").Input(tokens, TensorElementType.Int64, "batch", length ?? "length").Initializer("table", Numbers.Normal(40, 1), 10, 4);
        graph.Node("Gather", ["table", tokens], ["logits"]);
        graph.Output("logits", TensorElementType.Float32, "batch", "length", 4);
        add(graph);
        return graph.Build();
    }
}
