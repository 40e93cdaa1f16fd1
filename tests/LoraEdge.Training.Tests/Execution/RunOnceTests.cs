using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

public sealed class RunOnceTests
{
    [Test]
    public void RunOnce_GivesWhatRunGives_AndKeepsNoPlan()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = HostTensor.From(Numbers.Normal(16, 1), 2, 8).ToTorch();
        var inputs = new Dictionary<string, Tensor> { ["x"] = x };
        string[] values = ["hidden", "x", "logits", "b1"];

        Tensor[] once = executor.RunOnce(inputs, values);
        int plans = executor.PlanCount;
        Tensor[] planned = executor.Run(inputs, values);

        Assert.That(plans, Is.Zero);
        Assert.That(once.Select(value => value.ToFloatsAndDispose()), Is.EqualTo(planned.Select(value => value.ToFloatsAndDispose())));
        Assert.That(x.ToFloats(), Is.EqualTo(Numbers.Normal(16, 1)), "inputs are borrowed");
    }

    [Test]
    public void RunOnce_OfAConstant_GivesAValueOfItsOwn()
    {
        var builder = new GraphBuilder("constant").Input("x", TensorElementType.Float32, 2);
        builder.Node("Constant", [], ["c"], [("value", GraphBuilder.Tensor("", [1f, 2], 2))]);
        builder.Node("Add", ["c", "c"], ["y"]);
        using var executor = new GraphExecutor(builder.Output("y", TensorElementType.Float32, 2).Build());
        using Tensor x = zeros(2);

        Tensor y = executor.RunOnce(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single();

        Assert.That(y.ToFloatsAndDispose(), Is.EqualTo(new[] { 2f, 4 }));
    }

    [Test]
    public void RunOnce_LeavesNoTensorBehind()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = zeros(2, 8);
        var inputs = new Dictionary<string, Tensor> { ["x"] = x };
        executor.RunOnce(inputs, "logits").Single().Dispose();

        LiveTensors.AssertUnchangedBy(() => executor.RunOnce(inputs, "logits").Single().Dispose());
    }
}
