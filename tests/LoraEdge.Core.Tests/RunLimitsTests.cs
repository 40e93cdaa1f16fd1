namespace LoraEdge.Core.Tests;

public sealed class RunLimitsTests
{
    private static readonly RunLimits[] s_valid =
    [
        new(),
        new() { ServingMegabytes = null },
        new() { ServingMegabytes = 4095, TrainingMegabytes = 1 << 20, LoopSeconds = 86_400 },
    ];

    private static readonly TestCaseData[] s_invalid =
    [
        new(new RunLimits { ServingMegabytes = 0 }, "ServingMegabytes is 0"),
        new(new RunLimits { ServingMegabytes = 4096 }, "ServingMegabytes is 4096"),
        new(new RunLimits { TrainingMegabytes = 0 }, "TrainingMegabytes is 0"),
        new(new RunLimits { LoopSeconds = 0 }, "LoopSeconds is 0"),
        new(new RunLimits { LoopSeconds = double.NaN }, "LoopSeconds is NaN"),
    ];

    [TestCaseSource(nameof(s_valid))]
    public void Validate_LimitsInRange_Passes(RunLimits limits) => Assert.That(limits.Validate, Throws.Nothing);

    [TestCaseSource(nameof(s_invalid))]
    public void Validate_LimitOutOfRange_NamesIt(RunLimits limits, string message) =>
        Assert.That(limits.Validate, Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(message));
}
