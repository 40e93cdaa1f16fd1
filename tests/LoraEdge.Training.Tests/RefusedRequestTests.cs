namespace LoraEdge.Training.Tests;

/// <summary>Requests that cannot be trained: each is refused when training starts, with an error that says what to change.</summary>
public sealed class RefusedRequestTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(10, seed: 1);

    internal static IEnumerable<TestCaseData> BadOptions =>
        from bad in new (string Name, TrainingOptions Options)[]
        {
            ("Method", new() { Method = (AdaptationMethod)9 }),
            ("Rank", new() { Rank = 0 }), ("Rank", new() { Rank = AdapterLimits.MaxRank + 1 }),
            ("Scale", new() { Scale = 0 }), ("Scale", new() { Scale = float.NaN }), ("Scale", new() { Scale = float.PositiveInfinity }),
            ("LearningRate", new() { LearningRate = 0 }), ("LearningRate", new() { LearningRate = 10 }), ("LearningRate", new() { LearningRate = double.NaN }),
            ("WeightDecay", new() { WeightDecay = -0.1 }), ("WeightDecay", new() { WeightDecay = double.NaN }),
            ("MaxEpochs", new() { MaxEpochs = 0 }), ("BatchSize", new() { BatchSize = 0 }), ("SliceSize", new() { SliceSize = 0 }),
            ("GradientClipNorm", new() { GradientClipNorm = 0 }), ("GradientClipNorm", new() { GradientClipNorm = double.NaN }),
            ("EvaluationsPerEpoch", new() { EvaluationsPerEpoch = 0 }), ("Patience", new() { Patience = 0 }),
            ("TrustRegion", new() { TrustRegion = 0 }), ("TrustRegion", new() { TrustRegion = double.NaN }), ("Threads", new() { Threads = 0 }),
            ("Device", new() { Device = new((TrainingDeviceKind)7, 0) }), ("Device", new() { Device = TrainingDevice.Cuda(-1) }), ("Device", new() { Device = TrainingDevice.Cuda(1000) }),
            ("WeightType", new() { WeightType = (WeightType)3 }),
            ("GpuMemoryCapMegabytes", new() { GpuMemoryCapMegabytes = 0 }), ("GpuMemoryCapMegabytes", new() { GpuMemoryCapMegabytes = -1 }), ("GpuMemoryCapMegabytes", new() { GpuMemoryCapMegabytes = double.NaN }),
            ("IncludeLayers", new() { IncludeLayers = [""] }), ("ExcludeLayers", new() { ExcludeLayers = ["w1", ""] }), ("ExcludeLayers", new() { ExcludeLayers = null! }),
        }
        select new TestCaseData(bad.Name, bad.Options).SetArgDisplayNames(bad.Name, FormattableString.Invariant($"{typeof(TrainingOptions).GetProperty(bad.Name)!.GetValue(bad.Options)}"));

    internal static IEnumerable<TestCaseData> BadRecords =>
        from bad in new (string Why, Interaction Record)[]
        {
            ("'x' is missing", new(new Dictionary<string, HostTensor>(), Target.Class(0))),
            ("'x' holds Int64", new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new long[8], 1, 8) }, Target.Class(0))),
            ("must have size 1", new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[16], 2, 8) }, Target.Class(0))),
            ("must have size 1", new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[1]) }, Target.Class(0))),
            ("[batch,8], not [1,7]", Players.Record(new float[7], Target.Class(0))),
            ("[batch,8], not [1,8,1]", new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[8], 1, 8, 1) }, Target.Class(0))),
            ("inputs that the model lacks", new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[8], 1, 8), ["z"] = HostTensor.From(new float[1], 1) }, Target.Class(0))),
            ("needs target classes", Players.Record(new float[8], Target.Regression(1))),
            ("one class per record", Players.Record(new float[8], Target.Sequence(1, 2))),
            ("the class 4", Players.Record(new float[8], Target.Class(4))),
            ("the class -1", Players.Record(new float[8], Target.Class(-1))),
            ("the class -100", Players.Record(new float[8], Target.Class(-100))),
            ("not among its allowed", Players.Record(new float[8], Target.Class(1, [0, 2]))),
            ("not among its allowed", Players.Record(new float[8], Target.Class(1, []))),
            ("the class 4", Players.Record(new float[8], Target.Class(1, [1, 4]))),
            ("listed twice", Players.Record(new float[8], Target.Class(1, [1, 2, 1]))),
            ("its weight is -1", Players.Record(new float[8], Target.Class(1), weight: -1)),
            ("its weight is NaN", Players.Record(new float[8], Target.Class(1), weight: float.NaN)),
        }
        select new TestCaseData(bad.Why, bad.Record).SetArgDisplayNames(bad.Why);

    internal static IEnumerable<TestCaseData> BadObjectives =>
        from bad in new (string Why, Objective Objective, Target Target)[]
        {
            ("no value 'policy'", new() { ValueName = "policy" }, Target.Class(0)),
            ("computes no value 'x'", new() { ValueName = "x" }, Target.Class(0)),
            ("(N, T, C)", new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy }, Target.Sequence(0)),
            ("HuberDelta is 0", new() { ValueName = "logits", Loss = LossKind.Huber, HuberDelta = 0 }, Target.Regression(1, 2, 3, 4)),
            ("HuberDelta is NaN", new() { ValueName = "logits", Loss = LossKind.Huber, HuberDelta = float.NaN }, Target.Regression(1, 2, 3, 4)),
            ("must be one of LossKind", new() { ValueName = "logits", Loss = (LossKind)9 }, Target.Class(0)),
            ("must be one of ObjectiveForm", new() { ValueName = "logits", Form = (ObjectiveForm)9 }, Target.Class(0)),
        }
        select new TestCaseData(bad.Why, bad.Objective, bad.Target).SetArgDisplayNames(bad.Why);

    [TestCaseSource(nameof(BadOptions))]
    public void AnOptionOutsideItsRange_IsRefused_ByName(string name, TrainingOptions options) =>
        Assert.That(() => Start(TrainingSessions.Request(s_records, [], options)), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(name));

    [TestCase("x*", "", "'x*'")]
    [TestCase("w?", "*", "leave no layer")]
    public void PatternsThatLeaveNothing_AreRefused(string include, string exclude, string why)
    {
        TrainingOptions options = new() { IncludeLayers = [include], ExcludeLayers = exclude.Length > 0 ? [exclude] : [] };

        Assert.That(() => Start(TrainingSessions.Request(s_records, [], options)), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(why));
    }

    [TestCaseSource(nameof(BadRecords))]
    public void ARecordThatDoesNotFit_IsRefused_ByItsIndex(string why, Interaction record)
    {
        Assert.That(() => Start(TrainingSessions.Request([.. s_records, record], s_records)), Throws.TypeOf<InvalidInputException>().With.Message.Contains(why).And.Message.Contains("Record 10 of 11"));
        Assert.That(() => Start(TrainingSessions.Request(s_records, [.. s_records, record])), Throws.TypeOf<InvalidInputException>().With.Message.Contains(why));
    }

    [Test]
    public void SeveralRecordsThatDoNotFit_AreAllNamedAtOnce()
    {
        Interaction missing = new(new Dictionary<string, HostTensor>(), Target.Class(0)), class4 = Players.Record(new float[8], Target.Class(4)), class9 = Players.Record(new float[8], Target.Class(9));

        Assert.That(Refused([missing, .. s_records, missing with { Weight = 2 }]), Is.EqualTo(new[] { missing, missing with { Weight = 2 } }));
        Assert.That(Refused([.. s_records, class4, class9]), Is.EqualTo(new[] { class4, class9 }));
        Assert.That(() => Start(TrainingSessions.Request([.. s_records, class4, class9], [])), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Record 10 of 12").And.Message.EndsWith("Neither do 1 more."));
    }

    [Test]
    public void ARegressionTargetOfAnotherLengthInFront_IsTheOneThatDoesNotFit()
    {
        Interaction[] records = [.. s_records.Select((record, i) => record with { Target = Target.Regression(new float[i == 0 ? 1 : 4]) })];

        Assert.That(Refused(records, new Objective { ValueName = "logits", Loss = LossKind.Huber }), Is.EqualTo(records[..1]));
    }

    private static IReadOnlyList<Interaction> Refused(Interaction[] records, Objective? objective = null) =>
        Assert.Throws<InvalidInputException>(() => Start(TrainingSessions.Request(records, []) with { Objective = objective ?? Players.Objective }))!.Records;

    [TestCaseSource(nameof(BadObjectives))]
    public void AnObjectiveThatCannotBeComputed_IsRefused(string why, Objective objective, Target target)
    {
        Interaction[] records = [.. s_records.Select(record => record with { Target = target })];

        Assert.That(() => Start(TrainingSessions.Request(records, []) with { Objective = objective }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(why));
    }

    [Test]
    public void NoRecords_AreRefused() => Assert.Throws<InvalidInputException>(() => Start(TrainingSessions.Request([], s_records)));

    [Test]
    public void ARegressionTargetOfAnotherLength_IsRefused()
    {
        TrainingRequest request = TrainingSessions.Request([.. s_records.Select(record => record with { Target = Target.Regression(1, 2, 3, 4) })], []) with { Objective = new() { ValueName = "logits", Loss = LossKind.MeanSquaredError } };

        Assert.DoesNotThrow(() => Start(request));
        Assert.That(() => Start(request with { Records = [s_records[0] with { Target = Target.Regression(1) }] }), Throws.TypeOf<InvalidInputException>().With.Message.Contains("4 elements"));
        Assert.That(() => Start(request with { Records = [.. request.Records, s_records[0] with { Target = Target.Regression(1) }] }), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Record 10"));
        Assert.That(() => Start(request with { Records = [s_records[0] with { Target = Target.Regression(1, 2, 3, float.NaN) }] }), Throws.TypeOf<InvalidInputException>().With.Message.Contains("finite"));
    }

    [Test]
    public void ASequenceTarget_MustHaveAClassForEveryPosition_AmongTheAllowedOnes()
    {
        var objective = new Objective { ValueName = "y", Loss = LossKind.SequenceCrossEntropy };
        TrainingRequest Request(Target target) => new()
        {
            ModelPath = "",
            Objective = objective,
            Records = [new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[15], 1, 3, 5) }, target)],
            HeldOut = [],
        };

        Assert.DoesNotThrow(() => TrainingSessions.Start(SmallGraphs.Sequence(), Request(Target.Sequence(0, -100, 3))));
        Assert.That(() => TrainingSessions.Start(SmallGraphs.Sequence(), Request(Target.Sequence(0, 1))), Throws.TypeOf<InvalidInputException>().With.Message.Contains("3 positions"));
        Assert.That(() => TrainingSessions.Start(SmallGraphs.Sequence(), Request(Target.Sequence(0, 1, 4))), Throws.TypeOf<InvalidInputException>().With.Message.Contains("the class 4"));
        Assert.That(() => TrainingSessions.Start(SmallGraphs.Sequence(), Request(Target.Sequence([0, -100, 3], [0, 1]))), Throws.TypeOf<InvalidInputException>().With.Message.Contains("not among its allowed classes"));
    }

    [TestCase(3)]
    [TestCase(-4)]
    public void APositionOutsideTheSequence_IsRefused(int position)
    {
        TrainingRequest request = new()
        {
            ModelPath = "",
            Objective = new Objective { ValueName = "y", Position = position },
            Records = [new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[15], 1, 3, 5) }, Target.Class(0))],
            HeldOut = [],
        };

        Assert.That(() => TrainingSessions.Start(SmallGraphs.Sequence(), request), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains($"position {position}"));
    }

    [Test]
    public void AModelWithABatchAxisOfFixedSize_IsTrainedOneByOne_OrRefused()
    {
        OnnxModel model = SmallGraphs.Finish(
            new GraphBuilder("single").Input("x", TensorElementType.Float32, 1, 8).Initializer("w", Numbers.Normal(32, 1), 8, 4),
            graph => graph.Node("MatMul", ["x", "w"], ["y"]), 1, 4);
        TrainingRequest request = TrainingSessions.Request(s_records, s_records) with { Objective = new() { ValueName = "y" } };

        Assert.That(() => TrainingSessions.Start(model, request), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("BatchSize to 1"));
        foreach (TrainingOptions oneByOne in new TrainingOptions[] { new() { BatchSize = 1, MaxEpochs = 1 }, new() { SliceSize = 1, MaxEpochs = 1 }, new() { BatchSize = 1, SliceSize = 4, MaxEpochs = 1 } })
        {
            Assert.DoesNotThrow(() => TrainingSessions.Train(model, request with { Options = oneByOne }));
            Assert.DoesNotThrow(() => TrainingSupport.Require(model, request.Objective, oneByOne), "what is asked at load is what training asks");
        }

        Assert.That(() => TrainingSupport.Require(model, request.Objective, request.Options), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("SliceSize or BatchSize to 1"));
    }

    /// <summary>libtorch ends the process over them.</summary>
    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1 << 20)]
    public void ANumberOfThreadsThatNoMachineHas_IsRefused(int threads)
    {
        Assert.That(() => new ExecutedModel(s_model, threads: threads), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains($"{threads} threads"));
        Assert.That(() => new FullFineTuner(s_model, Players.Objective, threads: threads), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains($"{threads} threads"));
    }

    [Test]
    public void AValueThatMixesTheRecordsOfABatch_IsRefused()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(8).Initializer("w", Numbers.Normal(32, 1), 8, 4).Initializer("flat", [1L, -1L], 2),
            graph => graph.Node("Reshape", [graph.Node("MatMul", ["x", "w"]), "flat"], ["y"]), 1, "all");

        Assert.That(
            () => TrainingSessions.Train(model, TrainingSessions.Request(s_records, []) with { Objective = new() { ValueName = "y" } }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("batch of 10"));
    }

    [Test]
    public void AModelWithoutLayersBeforeTheObjective_IsRefused()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(8), graph => graph.Node("Relu", ["x"], ["y"]), "batch", 8);

        Assert.That(() => TrainingSessions.Start(model, TrainingSessions.Request(s_records, []) with { Objective = new() { ValueName = "y" } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("nothing to adapt"));
    }

    [Test]
    public void AnObjectiveBehindARounding_IsRefused_SinceNoGradientReachesTheLayers()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(8).Initializer("w", Numbers.Normal(32, 1), 8, 4),
            graph => graph.Node("Cast", [graph.Node("Cast", [graph.Node("MatMul", ["x", "w"])], ["rounded"], [("to", OnnxDataType.Int64)])], ["y"], [("to", OnnxDataType.Float)]));

        Assert.That(() => TrainingSessions.Start(model, TrainingSessions.Request(s_records, []) with { Objective = new() { ValueName = "y" } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("gradients"));
        Assert.That(() => TrainingSessions.Start(model, TrainingSessions.Request(s_records, []) with { Objective = new() { ValueName = "rounded" } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("floating-point"));
    }

    [Test]
    public void AModelThatIsNotThere_OrNotOnnx_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("text.onnx"), "not a model");
        using var trainer = new LoraFaTrainer();
        TrainingRequest request = TrainingSessions.Request(s_records, []);

        Assert.Throws<ModelFormatException>(() => trainer.Start(request with { ModelPath = folder.File("none.onnx") }));
        Assert.Throws<ModelFormatException>(() => trainer.Start(request with { ModelPath = folder.File("text.onnx") }));
        Assert.That(() => trainer.Start(request with { ModelPath = "" }), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'' is not the path of a model"));
    }

    [Test]
    public void AnUnsupportedModel_IsRefused_WithAllOfItsUnsupportedNodes()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(8).Initializer("w", Numbers.Normal(32, 1), 8, 4),
            graph => graph.Node("TfIdfVectorizer", [graph.Node("StringNormalizer", [graph.Node("MatMul", ["x", "w"])])], ["y"]));

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => TrainingSessions.Start(model, TrainingSessions.Request(s_records, []) with { Objective = new() { ValueName = "y" } }))!;

        Assert.That(error.Nodes.Select(node => node.Operator), Is.EqualTo(new[] { "ai.onnx.StringNormalizer", "ai.onnx.TfIdfVectorizer" }));
    }

    private static void Start(TrainingRequest request) => TrainingSessions.Start(s_model, request);
}
