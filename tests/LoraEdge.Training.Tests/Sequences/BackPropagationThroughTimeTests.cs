using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Tests.Execution;

namespace LoraEdge.Training.Tests.Sequences;

/// <summary>Gradients through time: against finite differences, and against one graph of all steps.</summary>
[NonParallelizable]
public sealed class BackPropagationThroughTimeTests
{
    private const double Tight = 1e-4;

    /// <summary>Of several lengths and weights, with steps that are only context and an episode that starts within.</summary>
    private static readonly Interaction[] s_records =
    [
        RecurrentModels.Sequence(7, seed: 1, withoutTarget: [0, 3]),
        RecurrentModels.Sequence(4, seed: 2, weight: 2.5f),
        RecurrentModels.Sequence(6, seed: 3, withoutTarget: [5], starts: [0, 4]),
        RecurrentModels.Step(Numbers.Normal(RecurrentModels.In, 9), Target.Class(1), weight: 3),
    ];

    internal static IEnumerable<TestCaseData> Models =>
    [
        new TestCaseData(RecurrentModels.Tanh()).SetArgDisplayNames("tanh"),
        new TestCaseData(RecurrentModels.Gru()).SetArgDisplayNames("GRU"),
    ];

    [TestCaseSource(nameof(Models))]
    public void B_OfLoraFa_HasTheGradientOfFiniteDifferences(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model, scale: 0.8f).Randomised(seed: 1);

        AssertFiniteDifferences(model, weights);
    }

    [TestCaseSource(nameof(Models))]
    public void AAndB_OfLora_HaveTheGradientsOfFiniteDifferences(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model, rank: 2, trainA: true).Randomised(seed: 1);

        AssertFiniteDifferences(model, weights);
    }

    [TestCaseSource(nameof(Models))]
    public void Weights_OfFullFineTuning_HaveTheGradientsOfFiniteDifferences(OnnxModel model)
    {
        using var weights = new FullWeights(model.Graph, "logits", "next");

        AssertFiniteDifferences(model, weights);
    }

    [TestCaseSource(nameof(Models))]
    public void ABatchOfDifferentLengths_HasTheGradientOfItsSequencesOneByOne(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);

        AssertSame(Run(model, weights, RecurrentModels.Objective, s_records), Unrolled.Run(model, weights, s_records, _ => false));
    }

    [Test]
    public void Truncated_Gradients_AreThoseOfTheComputationWithDetachedStates([ValueSource(nameof(Models))] TestCaseData model, [Values(1, 2, 3, 5)] int truncation)
    {
        var cell = (OnnxModel)model.Arguments[0]!;
        using LowRankWeights weights = Branches.On(cell).Randomised(seed: 1);

        (double Loss, float[][] Gradients) expected = Unrolled.Run(cell, weights, s_records, step => step % truncation == 0);

        AssertSame(Run(cell, weights, RecurrentModels.Objective with { TruncationLength = truncation }, s_records), expected);
    }

    [Test]
    public void Steps_OfTheBurnIn_LeaveTheirState_AndNeitherLossNorGradient([ValueSource(nameof(Models))] TestCaseData model, [Values(1, 3)] int burnIn, [Values(2, 64)] int truncation)
    {
        var cell = (OnnxModel)model.Arguments[0]!;
        Interaction[] records = [RecurrentModels.Sequence(7, seed: 1), RecurrentModels.Sequence(5, seed: 2, weight: 0.5f)];
        using LowRankWeights weights = Branches.On(cell).Randomised(seed: 1);

        (double Loss, float[][] Gradients) expected = Unrolled.Run(
            cell, weights, records, step => step <= burnIn || (step - burnIn) % truncation == 0, counts: step => step >= burnIn);

        AssertSame(Run(cell, weights, RecurrentModels.Objective with { BurnIn = burnIn, TruncationLength = truncation }, records), expected);
    }

    /// <summary>The state is known where an episode starts, so nothing in front of it needs to be run for it and all behind it is learned.</summary>
    [TestCase(0)]
    [TestCase(2)]
    public void TheBurnIn_EndsWhereAnEpisodeStarts(int start)
    {
        OnnxModel model = RecurrentModels.Tanh();
        Interaction started = RecurrentModels.Sequence(6, seed: 1, starts: [start]);
        Interaction[] batch = [started, RecurrentModels.Sequence(7, seed: 2)];
        Objective objective = RecurrentModels.Objective with { BurnIn = 4 };
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);

        (double Loss, float[][] Gradients) alone = Unrolled.Run(model, weights, [started], _ => false, step => step >= start);
        (double Loss, float[][] Gradients) other = Unrolled.Run(model, weights, [batch[1]], step => step <= 4, step => step >= 4);
        double own = Weight(started, start), others = Weight(batch[1], 4), all = own + others;

        AssertSame(Run(model, weights, objective, batch), (
            (alone.Loss * own + other.Loss * others) / all,
            [.. alone.Gradients.Zip(other.Gradients, (a, b) => a.Zip(b, (x, y) => (float)((x * own + y * others) / all)).ToArray())]));
    }

    [Test]
    public void AnEpisodeWithinASequence_IsASequenceOfItsOwn([Values(1, 2, 64)] int truncation)
    {
        OnnxModel model = RecurrentModels.Tanh();
        Interaction both = RecurrentModels.Sequence(8, seed: 1, starts: [4]);
        Interaction[] apart = [Interaction.Sequence([.. both.Steps.Take(4)]), Interaction.Sequence([.. both.Steps.Skip(4)])];
        Objective objective = RecurrentModels.Objective with { TruncationLength = truncation };
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);

        AssertSame(Run(model, weights, objective, [both]), Run(model, weights, objective, apart));
    }

    /// <summary>A target of 1 byte: one step is kept at a time. Of 500: some.</summary>
    [Test]
    public void StepsThatAreRunAgain_GiveTheSameLossAndGradients([ValueSource(nameof(Models))] TestCaseData model, [Values(1, 500, 2000, 1 << 20)] long target, [Values(3, 64)] int truncation)
    {
        var cell = (OnnxModel)model.Arguments[0]!;
        Objective objective = RecurrentModels.Objective with { TruncationLength = truncation };
        using LowRankWeights weights = Branches.On(cell).Randomised(seed: 1);

        AssertSame(Run(cell, weights, objective, s_records, new LossMemory(target)), Run(cell, weights, objective, s_records));
    }

    [Test]
    public void Passes_LeaveNoTensorBehind([Values(null, 1L, 500L)] long? target)
    {
        foreach (OnnxModel model in new[] { RecurrentModels.Tanh(), RecurrentModels.Gru() })
        {
            using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);
            Objective objective = RecurrentModels.Objective with { BurnIn = 1, TruncationLength = 2 };
            Interaction[] records = [.. s_records[..3]];
            void Pass()
            {
                Run(model, weights, objective, records, new LossMemory(target));
                weights.ClearGradients();
            }

            Pass();
            LiveTensors.AssertUnchangedBy(Pass);
        }
    }

    private static void AssertFiniteDifferences(OnnxModel model, TrainableWeights weights)
    {
        const float Step = 1e-2f;
        float[][] gradients = Run(model, weights, RecurrentModels.Objective, s_records).Gradients, values = weights.Capture();
        using var pass = new LossPass(model, RecurrentModels.Objective, weights);
        double LossAt(int parameter, int element, float value)
        {
            float center = values[parameter][element];
            values[parameter][element] = value;
            weights.Restore(values);
            values[parameter][element] = center;
            (double losses, double count) = pass.Score(s_records, RecurrentModels.Classes);
            return losses / count;
        }

        for (int parameter = 0; parameter < values.Length; parameter++)
        {
            float[] differences = [.. values[parameter].Select((center, element) =>
                (float)((LossAt(parameter, element, center + Step) - LossAt(parameter, element, center - Step)) / (2 * Step)))];
            Numbers.AssertClose(gradients[parameter], differences, 3e-3);
        }
    }

    private static (double Loss, float[][] Gradients) Run(OnnxModel model, TrainableWeights weights, Objective objective, IReadOnlyList<Interaction> records, LossMemory? memory = null)
    {
        using var pass = new LossPass(model, objective, weights, memory);
        weights.ClearGradients();
        double loss = pass.Backward(records, RecurrentModels.Classes);
        (double losses, double count) = pass.Score(records, RecurrentModels.Classes);
        Assert.That(losses / count, Is.EqualTo(loss).Within(1e-5), "with and without gradients");
        return (loss, [.. weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())]);
    }

    private static double Weight(Interaction record, int from) => record.Steps.Skip(from).Sum(step => (double)step.Weight) * record.Weight;

    private static void AssertSame((double Loss, float[][] Gradients) actual, (double Loss, float[][] Gradients) expected)
    {
        Assert.That(actual.Loss, Is.EqualTo(expected.Loss).Within(1e-5));
        for (int i = 0; i < expected.Gradients.Length; i++)
            Numbers.AssertClose(actual.Gradients[i], expected.Gradients[i], Tight);
    }
}
