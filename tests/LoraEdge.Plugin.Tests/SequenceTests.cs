using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>Players of a model that carries state from step to step.</summary>
public sealed class SequenceTests
{
    private static readonly Objective s_objective = new() { ValueName = "logits", States = [new("state", "next")], BurnIn = 1 };

    private Host _host = null!;

    [SetUp]
    public void Open() => _host = new Host(Model());

    [TearDown]
    public void Close() => _host.Dispose();

    [Test]
    public void Sequences_AreLearned_AndServedStepByStep()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(new LoraFaTrainer()) with { Objective = s_objective, Training = new() { LearningRate = 0.03, BatchSize = 8, MaxEpochs = 20, Rank = 4 } });
        using Profile profile = plugin.OpenProfile("ada");
        for (int i = 0; i < 40; i++)
            profile.RecordSequence(Echo(seed: i));
        double before = Accuracy(profile);

        TrainingResult result = Host.Train(plugin, profile, heldOut: 8);

        Assert.That(result.Error, Is.Null);
        Assert.That((profile.RecordCount, result.RecordsDropped), Is.EqualTo((40, 0)));
        Assert.That(Accuracy(profile), Is.GreaterThan(before + 0.2).And.GreaterThan(0.9));
    }

    [Test]
    public void WhatIsRecorded_StaysAsItWas_WhenTheHostFillsItsDictionaryAgain()
    {
        var trainer = new FakeTrainer(() => throw new InvalidOperationException());
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(trainer) with { Objective = s_objective });
        using Profile profile = plugin.OpenProfile("ada");
        var inputs = new Dictionary<string, HostTensor> { ["x"] = Input(0) };
        profile.RecordSequence([new(inputs, Target.Class(0)) { StartsEpisode = true }], weight: 2);
        inputs.Clear();

        Host.Train(plugin, profile, heldOut: 0);

        Interaction record = trainer.Requests.Single().Records.Single();
        Assert.That((record.Weight, record.Steps.Count, record.Steps[0].StartsEpisode), Is.EqualTo((2f, 1, true)));
        Assert.That(record.Steps[0].Inputs.Keys, Is.EqualTo(new[] { "x" }));
    }

    internal static IEnumerable<TestCaseData> Unfit =>
        from unfit in new (string Why, Interaction[] Steps)[]
        {
            ("At least one", []),
            ("'state' carries state", [Step(0), Step(1) with { Inputs = new Dictionary<string, HostTensor> { ["x"] = Input(0), ["state"] = HostTensor.From(new float[8], 1, 8) } }]),
            ("'x' of policy.onnx is missing", [Step(0), Step(1) with { Inputs = new Dictionary<string, HostTensor>() }]),
            ("must have size 1", [Step(0), Step(1) with { Inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[4], 2, 2) } }]),
            ("the class 2, but there are 2", [Step(0), Step(1) with { Target = Target.Class(2) }]),
            ("weight", [Step(0), Step(1) with { Weight = -1 }]),
            ("none of its 2 steps has a target behind the first 1", [Step(0), Step(1) with { Target = Target.None }]),
        }
        select new TestCaseData(unfit.Why, unfit.Steps).SetArgDisplayNames(unfit.Why);

    [TestCaseSource(nameof(Unfit))]
    public void ASequenceThatDoesNotFit_IsRefused(string why, Interaction[] steps)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options() with { Objective = s_objective });
        using Profile profile = plugin.OpenProfile("ada");

        Assert.That(() => profile.RecordSequence(steps), Throws.TypeOf<InvalidInputException>().With.Message.Contains(why).IgnoreCase);
        Assert.That(profile.RecordCount, Is.Zero);
    }

    [Test]
    public void ASingleStep_IsASequenceOfOne()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options() with { Objective = s_objective with { BurnIn = 0 } });
        using Profile profile = plugin.OpenProfile("ada");

        profile.Record(new Dictionary<string, HostTensor> { ["x"] = Input(0) }, Target.Class(1));

        Assert.That(profile.RecordCount, Is.EqualTo(1));
        Assert.That(() => profile.Record(new Dictionary<string, HostTensor> { ["x"] = Input(0) }, Target.None), Throws.TypeOf<InvalidInputException>());
    }

    [Test]
    public void ASequence_IsRefused_WhereTheObjectiveNamesNoStates()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = host.Load();
        using Profile profile = plugin.OpenProfile("ada");

        Assert.That(() => profile.RecordSequence([new(Host.Input(1), Target.Class(0))]), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Objective.States"));
    }

    [Test]
    public void AStateThatDoesNotFitTheModel_IsRefusedAtLoad()
    {
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Objective = s_objective with { States = [new("state", "logits")] } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("does not fit"));
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Objective = s_objective with { TruncationLength = 0 } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("TruncationLength"));
    }

    /// <summary>A player who does now what was shown one step ago.</summary>
    private static Interaction[] Echo(int seed)
    {
        int[] shown = Shown(seed);
        return [.. shown.Select((symbol, step) => Step(symbol) with { Target = step == 0 ? Target.None : Target.Class(shown[step - 1]), StartsEpisode = step == 0 })];
    }

    private static int[] Shown(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 6).Select(_ => random.Next(2))];
    }

    private static double Accuracy(Profile profile)
    {
        int right = 0, all = 0;
        for (int seed = 1000; seed < 1020; seed++)
        {
            int[] shown = Shown(seed);
            var state = HostTensor.From(new float[8], 1, 8);
            for (int step = 0; step < shown.Length; step++)
            {
                IReadOnlyDictionary<string, HostTensor> outputs = profile.Infer(new Dictionary<string, HostTensor> { ["x"] = Input(shown[step]), ["state"] = state });
                state = outputs["next"];
                Span<float> logits = outputs["logits"].AsSpan<float>();
                if (step == 0)
                    continue;
                right += (logits[1] > logits[0] ? 1 : 0) == shown[step - 1] ? 1 : 0;
                all++;
            }
        }

        return (double)right / all;
    }

    private static Interaction Step(int symbol) => new(new Dictionary<string, HostTensor> { ["x"] = Input(symbol) }, Target.Class(symbol));

    private static HostTensor Input(int symbol) => HostTensor.From([1f - symbol, symbol], 1, 2);

    /// <summary>A cell with a state of 8 numbers.</summary>
    private static OnnxModel Model()
    {
        GraphBuilder graph = new GraphBuilder("cell").Input("state", TensorElementType.Float32, "batch", 8).Input("x", TensorElementType.Float32, "batch", 2)
            .Initializer("wx", Numbers.Normal(16, 1), 2, 8).Initializer("wh", Numbers.Normal(64, 2, 0.3), 8, 8).Initializer("wo", Numbers.Normal(16, 3, 0.5), 8, 2);
        graph.Node("Tanh", [graph.Node("Add", [graph.Node("MatMul", ["x", "wx"]), graph.Node("MatMul", ["state", "wh"])])], ["next"]);
        graph.Node("MatMul", ["next", "wo"], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", 2).Output("next", TensorElementType.Float32, "batch", 8).Build();
    }
}
