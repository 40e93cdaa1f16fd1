using NUnit.Framework;
using Rival.BaseModel;

namespace Rival.Tests.BaseModel;

public sealed class BaseLearningRateTests
{
    private const double Highest = 2e-3;

    [TestCase(0, 1.0 / 300)]
    [TestCase(149, 0.5)]
    [TestCase(299, 1)]
    [TestCase(1_000_000, 1)]
    public void At_TheBeginning_RisesWithTheStepsAndThenIsLevel(long step, double share) =>
        Assert.That(BaseLearningRate.At(0, step, Highest), Is.EqualTo(share * Highest).Within(1e-12));

    [TestCase(0.33, 1)]
    [TestCase(1.0 / 3, 1)]
    [TestCase(0.5, 0.75)]
    [TestCase(2.0 / 3, 0.5)]
    [TestCase(0.9, 0.15)]
    [TestCase(1, 0.01)]
    [TestCase(1.1, 0.01)] // the last step of a slow machine
    public void At_LaterTimes_IsLevelForAThirdAndThenFallsInALine(double done, double share) =>
        Assert.That(BaseLearningRate.At(done, 10_000, Highest), Is.EqualTo(share * Highest).Within(1e-12));

    [Test]
    public void At_AMomentWithFewStepsOnASlowMachine_IsLowForBothReasons() =>
        Assert.That(BaseLearningRate.At(2.0 / 3, 149, Highest), Is.EqualTo(Highest / 4).Within(1e-12));
}
