using LoraEdge.Interactions;

namespace LoraEdge.Plugin.Tests;

/// <summary>Records are checked on the host's thread.</summary>
public sealed class RecordCheckTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return new TestCaseData(LossKind.CrossEntropy, Target.Class(1)).SetArgDisplayNames("a class");
        yield return new TestCaseData(LossKind.CrossEntropy, Target.Class(1, [3, 0, 1])).SetArgDisplayNames("a class of some");
        yield return new TestCaseData(LossKind.MeanSquaredError, Target.Regression(1, 2, 3, 4)).SetArgDisplayNames("values");
    }

    [TestCaseSource(nameof(Cases))]
    public void CheckingARecord_AllocatesNothing(LossKind loss, Target target)
    {
        var check = new RecordCheck(TinyModels.Policy(), new Objective { ValueName = "logits", Loss = loss });
        IReadOnlyDictionary<string, HostTensor> inputs = Host.Input(1);
        for (int i = 0; i < 100; i++)
            check.Require(inputs, target, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            check.Require(inputs, target, 1);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void CheckingASequence_AllocatesNothing()
    {
        GraphBuilder graph = new GraphBuilder("steps").Input("x", TensorElementType.Float32, "batch", "time", 8).Initializer("w", Numbers.Normal(32, 1), 8, 4);
        graph.Node("MatMul", ["x", "w"], ["logits"]);
        var check = new RecordCheck(graph.Output("logits", TensorElementType.Float32, "batch", "time", 4).Build(), new Objective { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy });
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[24], 1, 3, 8) };
        Target target = Target.Sequence(0, -100, 3);
        check.Require(inputs, target, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        check.Require(inputs, target, 1);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
