using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>Losses against their definitions, written out in double precision.</summary>
public sealed class ObjectiveLossTests
{
    private const int Classes = 6;

    private static readonly Dictionary<string, HostTensor> s_noInputs = [];

    [OneTimeSetUp]
    public void LoadLibtorch() => NativeLibtorch.EnsureLoaded();

    [TestCase(ObjectiveForm.Logits)]
    [TestCase(ObjectiveForm.LogProbabilities)]
    [TestCase(ObjectiveForm.Probabilities)]
    public void CrossEntropy_IsTheMeanOfMinusTheTargetsLogProbability(ObjectiveForm form)
    {
        double[][] logits = Rows(3);
        int[] targets = [0, 5, 2];

        double expected = targets.Select((target, row) => -LogSoftmax(logits[row])[target]).Average();

        Assert.That(Loss(new Objective { ValueName = "y", Form = form }, As(form, logits), [3, Classes], targets.Select(target => Target.Class(target))), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(ObjectiveForm.Logits)]
    [TestCase(ObjectiveForm.LogProbabilities)]
    [TestCase(ObjectiveForm.Probabilities)]
    public void CrossEntropy_WithAMask_IsTakenOverTheAllowedClassesAlone(ObjectiveForm form)
    {
        double[][] logits = Rows(3);
        int[][] allowed = [[5, 0, 3], [1], [0, 1, 2, 3, 4, 5]];
        int[] targets = [3, 1, 4];

        double expected = targets.Select((target, row) => -LogSoftmax([.. allowed[row].Select(index => logits[row][index])])[Array.IndexOf(allowed[row], target)]).Average();

        Assert.That(Loss(new Objective { ValueName = "y", Form = form }, As(form, logits), [3, Classes], targets.Select((target, row) => Target.Class(target, allowed[row]))), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void CrossEntropy_OfRecordsWithAndWithoutAMask_TreatsEachByItsOwn()
    {
        double[][] logits = Rows(2);

        double expected = (-LogSoftmax(logits[0])[4] - LogSoftmax([logits[1][2], logits[1][0]])[0]) / 2;

        Assert.That(Loss(new Objective { ValueName = "y" }, As(ObjectiveForm.Logits, logits), [2, Classes], [Target.Class(4), Target.Class(2, [2, 0])]), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void ImpossibleClasses_HaveProbabilityZero_Exactly()
    {
        double[][] logits = [[0, 50, 1, 50, 2, 50]];
        Target target = Target.Class(2, [0, 2, 4]);
        var objective = new Objective { ValueName = "y" };

        using RecordBatch batch = Batch([target]);
        using Tensor value = HostTensor.From(As(ObjectiveForm.Logits, logits), 1, Classes).ToTorch().requires_grad_();
        using Tensor loss = Mean(objective, value, batch);
        loss.backward();
        float[] gradient = value.grad!.ToFloatsAndDispose();

        Assert.That(new[] { gradient[1], gradient[3], gradient[5] }, Is.All.EqualTo(0f));
        Assert.That(loss.item<float>(), Is.EqualTo(-LogSoftmax([0, 1, 2])[1]).Within(1e-6));
    }

    [Test]
    public void Weights_CountRecordsInProportion()
    {
        double[][] logits = Rows(3);
        float[] weights = [2, 0, 0.5f];

        double expected = (2 * -LogSoftmax(logits[0])[1] + 0.5 * -LogSoftmax(logits[2])[3]) / 2.5;

        Assert.That(Loss(new Objective { ValueName = "y" }, As(ObjectiveForm.Logits, logits), [3, Classes], [Target.Class(1), Target.Class(2), Target.Class(3)], weights), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(-1, 3)]
    [TestCase(-4, 0)]
    [TestCase(0, 0)]
    [TestCase(2, 2)]
    public void CrossEntropy_OfASequence_IsTakenAtOnePosition(int position, int counted)
    {
        double[][] logits = Rows(2 * 4);

        double expected = (-LogSoftmax(logits[counted])[1] - LogSoftmax(logits[4 + counted])[2]) / 2;

        Assert.That(Loss(new Objective { ValueName = "y", Position = position }, As(ObjectiveForm.Logits, logits), [2, 4, Classes], [Target.Class(1), Target.Class(2)]), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(ObjectiveForm.Logits, -100)]
    [TestCase(ObjectiveForm.Probabilities, -100)]
    [TestCase(ObjectiveForm.Logits, 0)]
    public void SequenceCrossEntropy_LeavesOutPositionsWithoutATarget(ObjectiveForm form, long ignored)
    {
        double[][] logits = Rows(2 * 3);
        long[][] targets = [[1, ignored, 5], [ignored, ignored, 3]];
        float[] weights = [1, 3];

        double expected = (-LogSoftmax(logits[0])[1] - LogSoftmax(logits[2])[5] - 3 * LogSoftmax(logits[5])[3]) / (2 + 3);
        var objective = new Objective { ValueName = "y", Form = form, Loss = LossKind.SequenceCrossEntropy, IgnoreIndex = ignored };

        Assert.That(Loss(objective, As(form, logits), [2, 3, Classes], targets.Select(row => Target.Sequence(row)), weights), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(ObjectiveForm.Logits, -100)]
    [TestCase(ObjectiveForm.Probabilities, -100)]
    [TestCase(ObjectiveForm.Logits, 0)]
    public void SequenceCrossEntropy_WithAMask_IsTakenOverTheAllowedClassesAlone(ObjectiveForm form, long ignored)
    {
        double[][] logits = Rows(2 * 3);
        int[] allowed = [5, 1, 3];
        double At(int row, int target) => -LogSoftmax([.. allowed.Select(index => logits[row][index])])[Array.IndexOf(allowed, target)];

        double expected = (At(0, 1) + At(2, 5) - LogSoftmax(logits[4])[2]) / 3;
        var objective = new Objective { ValueName = "y", Form = form, Loss = LossKind.SequenceCrossEntropy, IgnoreIndex = ignored };
        Target[] targets = [Target.Sequence([1, ignored, 5], allowed), Target.Sequence(ignored, 2, ignored)];

        Assert.That(Loss(objective, As(form, logits), [2, 3, Classes], targets), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void SequenceCrossEntropy_OfOnePosition_IsThatOfOneClass()
    {
        double[][] logits = Rows(2);
        var objective = new Objective { ValueName = "y", Loss = LossKind.SequenceCrossEntropy };

        double expected = (-LogSoftmax(logits[0])[1] - LogSoftmax(logits[1])[2]) / 2;

        Assert.That(Loss(objective, As(ObjectiveForm.Logits, logits), [2, 1, Classes], [Target.Sequence(1), Target.Sequence(2)]), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void MeanSquaredError_IsTheMeanOverAllElements()
    {
        float[] value = [1, 2, 3, 4], first = [0, 2], second = [3, 7];

        double loss = Loss(new Objective { ValueName = "y", Loss = LossKind.MeanSquaredError }, value, [2, 2], [Target.Regression(first), Target.Regression(second)], [1, 3]);

        Assert.That(loss, Is.EqualTo(((1 + 0) + 3 * (0 + 9)) / (2.0 + 3 * 2)).Within(1e-6));
    }

    [TestCase(1f)]
    [TestCase(2.5f)]
    public void Huber_IsQuadraticUpToItsThreshold_AndLinearBeyond(float delta)
    {
        float[] value = [0, 0, 0, 0], target = [0.5f, -1, 2, -6];

        double expected = target.Select(error => Math.Abs(error) <= delta ? error * error / 2.0 : delta * (Math.Abs(error) - delta / 2.0)).Average();
        var objective = new Objective { ValueName = "y", Loss = LossKind.Huber, HuberDelta = delta };

        Assert.That(Loss(objective, value, [1, 4], [Target.Regression(target)]), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void ProbabilitiesOfZero_GiveAFiniteLoss() =>
        Assert.That(Loss(new Objective { ValueName = "y", Form = ObjectiveForm.Probabilities }, [1, 0, 0, 0, 0, 0], [1, Classes], [Target.Class(3)]), Is.InRange(10, 1000));

    private static double Loss(Objective objective, float[] value, long[] shape, IEnumerable<Target> targets, float[]? weights = null)
    {
        using RecordBatch batch = Batch([.. targets], weights);
        using Tensor tensor = HostTensor.From(value, shape).ToTorch();
        using Tensor loss = Mean(objective, tensor, batch);
        return loss.item<float>();
    }

    /// <summary>The mean over everything that carries a target, weighted by record.</summary>
    private static Tensor Mean(Objective objective, Tensor value, RecordBatch batch)
    {
        using Tensor losses = ObjectiveLoss.PerRecord(objective, value, batch), weighted = losses.mul(batch.Weights), total = weighted.sum();
        return total.div(LossWeights.Of(objective, batch.Records));
    }

    private static RecordBatch Batch(IReadOnlyList<Target> targets, float[]? weights = null) =>
        RecordBatcher.Create([.. targets.Select((target, row) => new Interaction(s_noInputs, target, weights?[row] ?? 1))], Classes);

    private static double[][] Rows(int count) =>
        [.. Numbers.Normal(count * Classes, seed: 31, deviation: 2).Select(value => (double)value).Chunk(Classes)];

    private static float[] As(ObjectiveForm form, double[][] logits) =>
    [
        .. logits.SelectMany(row => form switch
        {
            ObjectiveForm.LogProbabilities => LogSoftmax(row),
            ObjectiveForm.Probabilities => LogSoftmax(row).Select(Math.Exp),
            _ => row,
        }).Select(value => (float)value),
    ];

    private static double[] LogSoftmax(double[] logits)
    {
        double sum = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(logit => logit - sum)];
    }
}
