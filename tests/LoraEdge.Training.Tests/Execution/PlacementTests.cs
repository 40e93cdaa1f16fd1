using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>Choosing a device, and being told when it is not there.</summary>
public sealed class PlacementTests
{
    private static readonly Interaction[] s_records = Players.Records(20, seed: 1);

    [Test]
    public void TheDefault_IsTheCpu_InFloat32() => Assert.That(Placement.Of(new TrainingOptions()), Is.EqualTo(Placement.Default));

    [Test]
    public void Cuda_WithoutCuda_IsRefused_WithWhatToInstallOrSet()
    {
        if (CudaRuntime.ProblemWith(0) is null)
            Assert.Ignore("This machine has CUDA.");

        NativeRuntimeException error = Assert.Throws<NativeRuntimeException>(() => TrainingSessions.Start(TinyModels.Policy(), TrainingSessions.Request(s_records, [], new() { Device = TrainingDevice.Cuda() })))!;

        Assert.That(error.Message, Does.Contain("CUDA device 0").And.Contain("TrainingDevice.Cpu"));
        Assert.That(error.Message, Does.Contain("LoraEdgeTorch").Or.Contain("driver"));
        Assert.Throws<NativeRuntimeException>(() => new FullFineTuner(TinyModels.Policy(), Players.Objective, device: TrainingDevice.Cuda()));
    }

    [Test]
    public void ADeviceThatIsNotThere_IsRefused() =>
        Assert.That(() => TrainingSessions.Start(TinyModels.Policy(), TrainingSessions.Request(s_records, [], new() { Device = TrainingDevice.Cuda(127) })), Throws.TypeOf<NativeRuntimeException>().With.Message.Contains("CUDA device 127"));

    [Test]
    public void Auto_TakesTheCpu_WhereThereIsNothingElse()
    {
        DeviceType expected = CudaRuntime.ProblemWith(0) is null ? DeviceType.CUDA : DeviceType.CPU;

        Assert.That(Placement.Of(new() { Device = TrainingDevice.Auto }).Device.type, Is.EqualTo(expected));
        Assert.DoesNotThrow(() => TrainingSessions.Train(TinyModels.Policy(), TrainingSessions.Request(s_records, [], new() { Device = TrainingDevice.Auto, MaxEpochs = 1, GpuMemoryCapMegabytes = 4096 })));
    }

    [Test]
    public void AFolderWithTheCpuBuild_IsToldByName_WithWhatToDo()
    {
        if (OperatingSystem.IsMacOS())
            Assert.Ignore("There is no CUDA on macOS.");
        using var folder = new TemporaryFolder();

        Assert.That(CudaRuntime.ProblemIn(folder.Root), Does.Contain(folder.Root).And.Contain("the CPU build").And.Contain("LoraEdgeTorch"));
        File.WriteAllText(folder.File(OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so"), "");
        Assert.That(CudaRuntime.ProblemIn(folder.Root), Is.Null);
    }

    /// <summary>libtorch would end the process where an operation meets tensors on two devices.</summary>
    [Test]
    public void AnInputOnAnotherDevice_IsRefused()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = zeros(1, 8, device: META);

        Assert.That(() => executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "logits"), Throws.TypeOf<InvalidInputException>().With.Message.Contains("'x' of").And.Message.Contains("is on meta"));
    }
}
