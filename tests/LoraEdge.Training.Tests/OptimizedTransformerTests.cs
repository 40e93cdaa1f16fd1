using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Tests.Execution;
using LoraEdge.Training.Tests.Operators;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Whole models as ONNX Runtime's optimizer and exporters write them.</summary>
public sealed class OptimizedTransformerTests
{
    private static readonly OnnxModel s_bert = OptimizedBert.Create(), s_llama = OptimizedLlama.Create(), s_cached = OptimizedLlama.Create(hasCache: true);

    [Test]
    public void Bert_RunsAsInOnnxRuntime_WithPaddedSequences() => AssertAsOnnxRuntime(s_bert, new()
    {
        ["input_ids"] = Tokens(OptimizedBert.Tokens, 3, 7),
        ["attention_mask"] = Mask(7, 7, 4, 1),
    });

    [Test]
    public void Llama_RunsAsInOnnxRuntime() =>
        AssertAsOnnxRuntime(s_llama, new() { ["input_ids"] = Tokens(OptimizedLlama.Tokens, 3, 9) });

    [TestCase(1, 5, 0, TestName = "Llama_RunsAsInOnnxRuntime_OnAPromptWithAnEmptyCache")]
    [TestCase(2, 1, 6, TestName = "Llama_RunsAsInOnnxRuntime_OnOneMoreToken")]
    [TestCase(1, 4, 6, TestName = "Llama_RunsAsInOnnxRuntime_OnAContinuedPrompt")]
    public void Llama_WithACache(int batch, int length, int past)
    {
        var inputs = new Dictionary<string, HostTensor>
        {
            ["input_ids"] = Tokens(OptimizedLlama.Tokens, batch, length),
            ["attention_mask"] = Mask(past + length, [.. Enumerable.Repeat(past + length, batch)]),
        };
        AddCache(inputs, batch, past);

        AssertAsOnnxRuntime(s_cached, inputs);
    }

    /// <summary>Padding tokens compute what they like; the others must not notice.</summary>
    [Test]
    public void Llama_RunsAsInOnnxRuntime_OnTheTokensOfAPaddedPrompt()
    {
        const int Length = 6, Valid = 4;
        var inputs = new Dictionary<string, HostTensor> { ["input_ids"] = Tokens(OptimizedLlama.Tokens, 2, Length), ["attention_mask"] = Mask(Length, Length, Valid) };
        AddCache(inputs, batch: 2, past: 0);

        float[] actual = Execute(s_cached, inputs)["logits"].AsSpan<float>().ToArray(), expected = OnnxRuntimeReference.Run(s_cached, inputs)["logits"].AsSpan<float>().ToArray();

        int count = (Length + Valid) * OptimizedLlama.Tokens;
        Numbers.AssertClose(actual.AsSpan(0, count), expected.AsSpan(0, count), Tolerances.Parity);
    }

    [Test]
    public void LoraFa_LearnsWithBert()
    {
        Interaction[] records = [.. Enumerable.Range(0, 24).Select(index => Record(Tokens(OptimizedBert.Tokens, 1, 6, seed: index), Target.Class(index % OptimizedBert.Classes)))];

        AssertLearns(s_bert, records, new() { ValueName = "logits" });

        static Interaction Record(HostTensor tokens, Target target) => new(new Dictionary<string, HostTensor> { ["input_ids"] = tokens, ["attention_mask"] = Mask(6, 5) }, target);
    }

    [Test]
    public void LoraFa_LearnsWithLlama()
    {
        Interaction[] records = [.. Enumerable.Range(0, 6).Select(index =>
        {
            HostTensor tokens = Tokens(OptimizedLlama.Tokens, 1, 9, seed: index);
            return new Interaction(new Dictionary<string, HostTensor> { ["input_ids"] = tokens }, Target.Sequence([.. tokens.AsSpan<long>()[1..].ToArray(), -100]));
        })];

        AssertLearns(s_llama, records, new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy });
    }

    [Test]
    public void EveryLayerOfBothModels_GetsAFiniteGradient()
    {
        AssertGradients(s_bert, new() { ["input_ids"] = Tokens(OptimizedBert.Tokens, 3, 7), ["attention_mask"] = Mask(7, 7, 4, 1) }, layers: 9);
        AssertGradients(s_llama, new() { ["input_ids"] = Tokens(OptimizedLlama.Tokens, 3, 9) }, layers: 13);
    }

    [Test]
    public void TablesOfTheRotation_AreNoWeights()
    {
        using var tuner = new FullFineTuner(s_llama, new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy });

        Assert.That(tuner.Weights().Keys, Has.None.EqualTo("cosine").And.None.EqualTo("sine").And.Some.EqualTo("first.scale"));
    }

    [Test]
    public void Runs_LeaveNoTensorsBehind()
    {
        Dictionary<string, HostTensor> bert = new() { ["input_ids"] = Tokens(OptimizedBert.Tokens, 3, 7), ["attention_mask"] = Mask(7, 7, 4, 1) };
        Dictionary<string, HostTensor> llama = new() { ["input_ids"] = Tokens(OptimizedLlama.Tokens, 3, 9) };

        LiveTensors.AssertUnchangedBy(() => Execute(s_bert, bert));
        LiveTensors.AssertUnchangedBy(() => Execute(s_llama, llama));
    }

    private static void AddCache(Dictionary<string, HostTensor> inputs, int batch, int past)
    {
        foreach (string name in s_cached.Graph.Inputs.Select(input => input.Name).Where(name => name.StartsWith("past.", StringComparison.Ordinal)))
            inputs[name] = OperatorCase.Random([batch, OptimizedLlama.KeyHeads, past, OptimizedLlama.HeadSize], seed: name[5] + name.Length);
    }

    private static void AssertLearns(OnnxModel model, Interaction[] records, Objective objective)
    {
        TrainingRequest request = new()
        {
            ModelPath = "",
            Objective = objective,
            Records = records,
            HeldOut = records,
            Options = new() { LearningRate = 1e-2, MaxEpochs = 20, BatchSize = 8, EvaluationsPerEpoch = 1 },
        };

        TrainingSummary summary = TrainingSessions.Train(model, request).Training;

        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss * 0.9));
    }

    private static void AssertGradients(OnnxModel model, Dictionary<string, HostTensor> inputs, int layers)
    {
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1, deviation: 0.05);
        using var executor = new GraphExecutor(model, weights);
        Dictionary<string, Tensor> tensors = inputs.ToTorch();
        using (Tensor logits = executor.Run(tensors, "logits").Single(), squares = logits.square(), sum = squares.sum())
            sum.backward();
        tensors.Values.DisposeAll();

        Assert.That(weights.Parameters, Has.Count.EqualTo(layers));
        float[][] gradients = [.. weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())];
        Assert.That(gradients, Is.All.Matches<float[]>(gradient => gradient.All(float.IsFinite) && gradient.Any(value => value != 0)));
    }

    private static void AssertAsOnnxRuntime(OnnxModel model, Dictionary<string, HostTensor> inputs)
    {
        Dictionary<string, HostTensor> actual = Execute(model, inputs), expected = OnnxRuntimeReference.Run(model, inputs);

        foreach ((string name, HostTensor tensor) in expected)
        {
            Assert.That(actual[name].Shape, Is.EqualTo(tensor.Shape), name);
            Numbers.AssertClose(actual[name].AsSpan<float>(), tensor.AsSpan<float>(), Tolerances.Parity);
        }
    }

    private static Dictionary<string, HostTensor> Execute(OnnxModel model, Dictionary<string, HostTensor> inputs)
    {
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        Dictionary<string, Tensor> tensors = inputs.ToTorch();
        string[] names = [.. model.Graph.Outputs.Select(output => output.Name)];
        // Twice: the first run builds the plan, the second one uses it.
        executor.Run(tensors, names).DisposeAll();
        Tensor[] results = executor.Run(tensors, names);
        try
        {
            return names.Zip(results).ToDictionary(pair => pair.First, pair => pair.Second.ToHost());
        }
        finally
        {
            results.DisposeAll();
            tensors.Values.DisposeAll();
        }
    }

    private static HostTensor Tokens(int vocabulary, int batch, int length, int seed = 3)
    {
        var random = new Random(seed);
        return HostTensor.From([.. Enumerable.Range(0, batch * length).Select(_ => random.NextInt64(vocabulary))], batch, length);
    }

    /// <summary>Ones for the tokens of every sequence, zeros for its padding.</summary>
    private static HostTensor Mask(int length, params int[] valid) =>
        HostTensor.From([.. valid.SelectMany(count => Enumerable.Range(0, length).Select(position => position < count ? 1L : 0L))], valid.Length, length);
}
