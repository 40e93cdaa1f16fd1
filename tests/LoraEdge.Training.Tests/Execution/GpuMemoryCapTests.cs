using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>The bound on GPU memory, on a device that only counts.</summary>
public sealed class GpuMemoryCapTests
{
    private const long Megabyte = 1 << 20;

    [Test]
    public void TrainingThatStaysBelowTheCap_GoesOn() => Assert.DoesNotThrow(() => new GpuMemoryCap(512, new Memory(100 * Megabyte, 512 * Megabyte)).Require());

    [Test]
    public void APassThatTookMore_EndsTrainingBeforeTheNext_WithTheFigures() => Assert.That(
        () => new GpuMemoryCap(512, new Memory(100 * Megabyte, 812 * Megabyte + Megabyte / 2)).Require(),
        Throws.TypeOf<TrainingFailedException>().With.Message.Contains("812.5 MB").And.Message.Contains("100.0 MB").And.Message.Contains("512.0 MB").And.Message.Contains("MemoryTargetMegabytes"));

    [Test]
    public void WeightsThatAreLargerThanTheCap_EndTrainingBeforeTheFirstPass() =>
        Assert.Throws<TrainingFailedException>(() => new GpuMemoryCap(99, new Memory(100 * Megabyte, 0)).Require());

    [Test]
    public void MemoryThatCannotBeCounted_IsRefused_WithWhatToSet() =>
        Assert.That(() => new GpuMemoryCap(512, new Memory(0, 0)).Require(), Throws.TypeOf<NativeRuntimeException>().With.Message.Contains(CudaAllocator.Variable));

    [Test]
    public void OnTheCpu_ThereIsNoCap() => Assert.That(GpuMemoryCap.Of(new() { GpuMemoryCapMegabytes = 1 }, Placement.Default), Is.Null);

    private sealed record Memory(long Used, long Peak) : IDeviceMemory
    {
        public long TakePeak() => Peak;
    }
}
