namespace LoraEdge.Onnx.Tests;

public sealed class LayerSelectionTests
{
    [TestCase("*", "anything", true)]
    [TestCase("encoder.*.weight", "encoder.0.weight", true)]
    [TestCase("encoder.*.weight", "encoder.0.bias", false)]
    [TestCase("*.w?", "layer.w1", true)]
    [TestCase("*.w?", "layer.w12", false)]
    [TestCase("a*b*c", "aXbYbZc", true)]
    [TestCase("a*b*c", "aXbYbZ", false)]
    [TestCase("w", "W", false)]
    [TestCase("w.[0]", "w.[0]", true)]
    [TestCase("", "w", false)]
    [TestCase("**", "", true)]
    public void Pattern_FitsNames(string pattern, string name, bool fits) => Assert.That(NamePattern.Matches(pattern, name), Is.EqualTo(fits));

    [Test]
    public void Pattern_OfManyStars_EndsSoon() =>
        Assert.That(NamePattern.Matches(string.Concat(Enumerable.Repeat("a*", 500)) + "b", new string('a', 10_000)), Is.False);

    [Test]
    public void Choose_WithoutPatterns_TakesEveryLayer()
    {
        LayerChoice choice = LayerSelection.Choose(Scan(("a", 4), ("b", 9000), ("c", 9000)), [], []);
        Assert.That(Names(choice), Is.EqualTo(new[] { "a", "b", "c" }), "neither of two equal heads has more than half");
        Assert.That(choice.LeftOut, Is.Empty);
    }

    [TestCase(8191, true)]
    [TestCase(8192, false)]
    public void Choose_WithoutPatterns_LeavesAVocabularyOut(int outputs, bool taken)
    {
        LayerChoice choice = LayerSelection.Choose(Scan(("body", 100), ("head", outputs)), [], []);
        Assert.That(Names(choice), Is.EqualTo(taken ? new[] { "body", "head" } : ["body"]));
        Assert.That(choice.LeftOut.Select(layer => layer.Reason), taken ? Is.Empty : Has.One.Contains("vocabulary"));
    }

    [Test]
    public void Choose_OfAVocabularyWithinHalfOfTheFile_TakesIt() =>
        Assert.That(Names(LayerSelection.Choose(Scan(("body", 8192), ("head", 8192)), [], [])), Is.EqualTo(new[] { "body", "head" }));

    [Test]
    public void Choose_OfAModelThatIsOneLayer_TakesIt() =>
        Assert.That(Names(LayerSelection.Choose(Scan(("head", 50_000)), [], [])), Is.EqualTo(new[] { "head" }));

    [Test]
    public void Choose_MeasuresAVocabularyByWhatThePatternsLeave() =>
        Assert.That(Names(LayerSelection.Choose(Scan(("body", 10_000), ("head", 9_000), ("tail", 5_000)), [], ["body"])), Is.EqualTo(new[] { "tail" }));

    [Test]
    public void Choose_WithAPattern_BringsAVocabularyBack()
    {
        LayerScan scan = Scan(("body", 100), ("head", 50_000));
        Assert.That(Names(LayerSelection.Choose(scan, ["*"], [])), Is.EqualTo(new[] { "body", "head" }));
        Assert.That(Names(LayerSelection.Choose(scan, ["head"], [])), Is.EqualTo(new[] { "head" }));
    }

    [Test]
    public void Choose_WithPatterns_TakesWhatIsIncludedAndNotExcluded()
    {
        LayerChoice choice = LayerSelection.Choose(Scan(("a.0", 4), ("a.1", 4), ("b.0", 4)), ["a.*"], ["*.1"]);
        Assert.That(Names(choice), Is.EqualTo(new[] { "a.0" }));
        Assert.That(choice.LeftOut, Is.EqualTo(new[] { new SkippedLayer("a.1", "the pattern '*.1' excludes it"), new SkippedLayer("b.0", "no pattern includes it") }));
    }

    [Test]
    public void Choose_MeansDirectionsTogetherByTheirWeightAndAloneByTheirName()
    {
        var builder = new GraphBuilder("recurrent").Input("x", TensorElementType.Float32).Initializer("w", new float[2 * 4 * 3], 2, 4, 3);
        builder.Node("RNN", ["x", "w", "x"], ["y"], [("direction", "bidirectional")]);
        LayerScan scan = AdaptableLayers.Find(builder.Output("y", TensorElementType.Float32).Build().Graph);
        Assert.That(Names(LayerSelection.Choose(scan, ["w"], [])), Is.EqualTo(new[] { "w", "w#1" }));
        Assert.That(Names(LayerSelection.Choose(scan, ["w#1"], [])), Is.EqualTo(new[] { "w#1" }));
    }

    [Test]
    public void Choose_WithAPatternThatFitsNothing_SaysWhatThereIs()
    {
        LayerScan scan = Scan(("a", 4)) with { Skipped = [new SkippedLayer("b", "it has 3 axes")] };
        Assert.That(() => LayerSelection.Choose(scan, ["c*"], []), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("'c*'").And.Message.Contains(": a."));
        Assert.That(() => LayerSelection.Choose(scan, ["b"], []), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("it has 3 axes"));
        Assert.That(() => LayerSelection.Choose(scan, [], ["c*"]), Throws.Nothing);
    }

    private static IEnumerable<string> Names(LayerChoice choice) => choice.Layers.Select(layer => layer.Name);

    private static LayerScan Scan(params (string Name, int Outputs)[] layers)
    {
        GraphBuilder builder = new GraphBuilder("network").Input("x", TensorElementType.Float32, "batch", 1);
        foreach ((string name, int outputs) in layers)
            builder.Initializer(name, new float[outputs], 1, outputs).Node("MatMul", ["x", name], [name + ".y"]);
        foreach ((string name, _) in layers)
            builder.Output(name + ".y", TensorElementType.Float32);
        return AdaptableLayers.Find(builder.Build().Graph);
    }
}
