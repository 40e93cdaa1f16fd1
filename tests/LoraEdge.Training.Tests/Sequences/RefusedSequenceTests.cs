namespace LoraEdge.Training.Tests.Sequences;

/// <summary>States and sequences that cannot be trained: each is refused when training starts, with an error that says what to change.</summary>
public sealed class RefusedSequenceTests
{
    private static readonly OnnxModel s_model = RecurrentModels.Tanh();
    private static readonly Interaction[] s_records = [RecurrentModels.Sequence(4, seed: 1), RecurrentModels.Sequence(6, seed: 2)];

    internal static IEnumerable<TestCaseData> BadObjectives =>
        from bad in new (string Why, Objective Objective)[]
        {
            ("the input 'memory', which model.onnx lacks; its inputs are x, state", With(new RecurrentState("memory", "next"))),
            ("the output 'sum', which model.onnx lacks; its outputs are logits, next", With(new RecurrentState("state", "sum"))),
            ("'logits' (float32[batch,4]) to its input 'state' (float32[batch,5]) does not fit", With(new RecurrentState("state", "logits"))),
            ("'state' twice", With(new("state", "next"), new("state", "logits"))),
            ("States hold an empty name", With(new RecurrentState("state", ""))),
            ("States hold an empty name", RecurrentModels.Objective with { States = null! }),
            ("BurnIn is -1", RecurrentModels.Objective with { BurnIn = -1 }),
            ("TruncationLength is 0", RecurrentModels.Objective with { TruncationLength = 0 }),
            ("computes no value 'choice'", RecurrentModels.Objective with { ValueName = "choice" }),
        }
        select new TestCaseData(bad.Why, bad.Objective).SetArgDisplayNames(bad.Why);

    internal static IEnumerable<TestCaseData> BadRecords =>
        from bad in new (string Why, Interaction Record)[]
        {
            ("in its step 1 of 2, the input 'state' carries state", Sequence(Step(), Step() with { Inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[3], 1, 3), ["state"] = HostTensor.From(new float[5], 1, 5) } })),
            ("in its step 1 of 2, the input 'x' is missing", Sequence(Step(), Step() with { Inputs = new Dictionary<string, HostTensor>() })),
            ("in its step 0 of 1, the input 'x' is declared as [batch,3], not [1,4]", Sequence(RecurrentModels.Step(new float[4], Target.Class(0)))),
            ("in its step 2 of 3, a cross-entropy needs target classes", Sequence(Step(), Step(), Step() with { Target = Target.Regression(1) })),
            ("in its step 2 of 3, its target is the class 4", Sequence(Step(), Step(), Step() with { Target = Target.Class(4) })),
            ("its weight is -1", Sequence(Step() with { Weight = -1 })),
            ("its weight is NaN", Interaction.Sequence([Step()], float.NaN)),
            ("none of its 2 steps has a target", Sequence(Step() with { Target = Target.None }, Step() with { Target = Target.None })),
            ("a cross-entropy needs target classes", Step() with { Target = Target.None, StartsEpisode = true }),
            ("the first 2 are burn-in", Sequence(Step() with { Target = Target.Class(1) }, Step())),
            ("the first 1 are burn-in", Step()),
        }
        select new TestCaseData(bad.Why, bad.Record).SetArgDisplayNames(bad.Why);

    [TestCaseSource(nameof(BadObjectives))]
    public void AnObjectiveThatDoesNotFitTheModel_IsRefused(string why, Objective objective) =>
        Assert.That(() => Start(Request(s_records) with { Objective = objective }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(why));

    [TestCaseSource(nameof(BadRecords))]
    public void ARecordThatDoesNotFit_IsRefused_ByItsIndex(string why, Interaction record)
    {
        TrainingRequest request = Request([.. s_records, record]);

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => Start(request))!;
        Assert.That(error.Message, Does.StartWith("Record 2 of 3").And.Contains(why));
        Assert.That(error.Records, Is.EqualTo(new[] { record }));
        Assert.That(() => Start(Request(s_records) with { HeldOut = [record] }), Throws.TypeOf<InvalidInputException>().With.Message.Contains(why));
    }

    [Test]
    public void StepsOfDifferentShapes_AreRefused()
    {
        GraphBuilder graph = new GraphBuilder("wide").Input("x", TensorElementType.Float32, "batch", "time", 3).Input("state", TensorElementType.Float32, "batch", 3).Initializer("w", Numbers.Normal(12, 1), 3, 4);
        graph.Node("Add", [graph.Node("ReduceMean", ["x"], attributes: [("axes", new[] { 1 }), ("keepdims", 0)]), "state"], ["next"]);
        graph.Node("MatMul", ["next", "w"], ["logits"]);
        OnnxModel model = graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("next", TensorElementType.Float32, "batch", 3).Build();
        Interaction Step(int time) => new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[3 * time], 1, time, 3) }, Target.Class(1));
        TrainingRequest request = Request([Interaction.Sequence([Step(2), Step(2)]), Interaction.Sequence([Step(4)])]) with { Objective = RecurrentModels.Objective };

        Assert.DoesNotThrow(() => TrainingSessions.Train(model, request));
        Assert.That(
            () => TrainingSessions.Start(model, request with { Records = [Interaction.Sequence([Step(2), Step(3)])] }),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains("in its step 1 of 2, the inputs are x[1,3,3], but those of the first step are x[1,2,3]"));
    }

    [Test]
    public void ASequence_IsRefused_WhereNothingCarriesStateThroughIt() => Assert.That(
        () => TrainingSessions.Start(TinyModels.Policy(), TrainingSessions.Request([Interaction.Sequence(Players.Records(3, seed: 1))], [])),
        Throws.TypeOf<InvalidInputException>().With.Message.Contains("a sequence of 3 steps").And.Message.Contains("Objective.States"));

    /// <summary>Declared sizes leave it open; the first run tells.</summary>
    [Test]
    public void AStateThatGrows_IsRefused()
    {
        GraphBuilder graph = new GraphBuilder("growing").Input("x", TensorElementType.Float32, "batch", 3).Input("state", TensorElementType.Float32, "batch", 3).Initializer("w", Numbers.Normal(12, 1), 3, 4);
        graph.Node("Concat", ["state", "x"], ["next"], [("axis", 1)]);
        graph.Node("MatMul", [graph.Node("Add", ["x", "state"]), "w"], ["logits"]);
        OnnxModel model = graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("next", TensorElementType.Float32, "batch", "more").Build();

        Assert.That(
            () => TrainingSessions.Start(model, Request(s_records) with { Objective = RecurrentModels.Objective }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("'next' is Float32[1,6]").And.Message.Contains("'state'"));
    }

    [Test]
    public void AModelForOneSequenceAtATime_IsTrainedOneByOne_OrRefused()
    {
        GraphBuilder graph = new GraphBuilder("single").Input("x", TensorElementType.Float32, "batch", 3).Input("state", TensorElementType.Float32, 3, 1)
            .Initializer("w", Numbers.Normal(12, 1), 3, 4);
        graph.Node("Transpose", [graph.Node("Add", [graph.Node("Transpose", ["state"]), "x"], ["hidden"])], ["next"]);
        graph.Node("MatMul", ["hidden", "w"], ["logits"]);
        OnnxModel model = graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("next", TensorElementType.Float32, 3, 1).Build();
        TrainingRequest request = Request(s_records) with { Objective = RecurrentModels.Objective };

        Assert.That(() => TrainingSessions.Start(model, request), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("'state'").And.Message.Contains("BatchSize to 1"));
        Assert.DoesNotThrow(() => TrainingSessions.Train(model, request with { Options = new() { BatchSize = 1, MaxEpochs = 1 } }));
    }

    [Test]
    public void AnObjectiveBehindARounding_IsRefused()
    {
        GraphBuilder graph = new GraphBuilder("rounded").Input("x", TensorElementType.Float32, "batch", 3).Input("state", TensorElementType.Float32, "batch", 4).Initializer("w", Numbers.Normal(12, 1), 3, 4);
        string whole = graph.Node("Cast", [graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "state"])], attributes: [("to", OnnxDataType.Int32)]);
        graph.Node("Cast", [whole], ["next"], [("to", OnnxDataType.Float)]);
        graph.Node("Identity", ["next"], ["logits"]);
        OnnxModel model = graph.Output("logits", TensorElementType.Float32, "batch", 4).Output("next", TensorElementType.Float32, "batch", 4).Build();

        Assert.That(
            () => TrainingSessions.Start(model, Request(s_records) with { Objective = RecurrentModels.Objective }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("gradients"));
    }

    private static Interaction Step() => RecurrentModels.Step(new float[RecurrentModels.In], Target.Class(0));

    private static Interaction Sequence(params Interaction[] steps) => Interaction.Sequence(steps);

    private static Objective With(params RecurrentState[] states) => RecurrentModels.Objective with { States = states };

    /// <summary>With a burn-in of 2.</summary>
    private static TrainingRequest Request(IReadOnlyList<Interaction> records) => new()
    {
        ModelPath = "",
        Objective = RecurrentModels.Objective with { BurnIn = 2 },
        Records = records,
        HeldOut = [],
        Options = new() { MaxEpochs = 1 },
    };

    private static void Start(TrainingRequest request) => TrainingSessions.Start(s_model, request);
}
