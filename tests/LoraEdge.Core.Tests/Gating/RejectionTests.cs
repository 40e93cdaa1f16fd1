namespace LoraEdge.Tests.Gating;

/// <summary>What follows from rejections: stricter, slower, stopped, resumed.</summary>
public sealed class RejectionTests
{
    private PromotionGate _gate = null!;

    [SetUp]
    public void Create() => _gate = new PromotionGate(LossKind.CrossEntropy);

    [Test]
    public void NoEvidenceWithinPatience_IsARejection()
    {
        Assert.That(_gate.Decide(0), Is.EqualTo((GateDecision.Reject, 3000)));
        Assert.That((_gate.Rejections, _gate.RejectionsInRow, _gate.LastRejection, _gate.Shadow.Records), Is.EqualTo((1, 1, RejectionReason.NoEvidence, 0)));
    }

    [Test]
    public void HarmfulCandidate_IsRejectedLongBeforePatienceEnds()
    {
        (GateDecision decision, int records) = _gate.Decide(-0.2);
        Assert.That(decision, Is.EqualTo(GateDecision.Reject));
        Assert.That(records, Is.LessThan(50));
    }

    [Test]
    public void EachRejection_RaisesWhatTheNextCandidateNeeds_SoThatAllTogetherSpendAlpha()
    {
        double spent = 0;
        var gate = new PromotionGate(LossKind.CrossEntropy, new GateOptions { StopAfter = int.MaxValue });
        for (int i = 0; i < 1000; i++)
        {
            spent += 1 / gate.Shadow.EvidenceNeeded;
            gate.Drop();
        }

        Assert.That(spent, Is.InRange(0.0499, 0.05));
    }

    [Test]
    public void RejectionsInARow_SlowTraining_AndThenStopIt()
    {
        var factors = new List<double>();
        while (!_gate.IsStopped)
        {
            factors.Add(_gate.LearningRateFactor);
            _gate.Decide(-1);
        }

        Assert.That(factors, Is.EqualTo(new[] { 1, 1, 0.5, 0.25 }));
        Assert.That(_gate.Add(1), Is.EqualTo(GateDecision.Stopped));
    }

    [Test]
    public void StoppedTraining_ResumesWhenTheHostAsks_AndIsAsStrictAsBefore()
    {
        Stop();
        double needed = _gate.Shadow.EvidenceNeeded;
        _gate.Resume();
        Assert.That((_gate.IsStopped, _gate.LearningRateFactor, _gate.Shadow.EvidenceNeeded), Is.EqualTo((false, 1.0, needed)));
    }

    [Test]
    public void StoppedTraining_ResumesWhenEnoughRecordsHaveCome()
    {
        Stop();
        Assert.That(_gate.CountWhileStopped(1999), Is.False);
        Assert.That(_gate.CountWhileStopped(1), Is.True);
        Assert.That(_gate.IsStopped, Is.False);
    }

    [Test]
    public void Promotion_EndsTheRow()
    {
        _gate.Drop();
        _gate.Drop();
        _gate.Decide(0.5);
        _gate.Promoted();
        Assert.That((_gate.Rejections, _gate.RejectionsInRow, _gate.LearningRateFactor), Is.EqualTo((2, 0, 1.0)));
    }

    [TestCase(0, 20, 1000)]
    [TestCase(double.NaN, 20, 1000)]
    [TestCase(0.05, 0, 1000)]
    [TestCase(0.05, 20, 19)]
    [TestCase(0.05, 20, 1_000_000)]
    public void Options_OutOfRange_AreRefused(double alpha, int minimum, int patience) => Assert.That(
        () => new PromotionGate(LossKind.Huber, new GateOptions { Alpha = alpha, MinimumRecords = minimum, Patience = patience }),
        Throws.TypeOf<InvalidOptionsException>());

    private void Stop()
    {
        while (!_gate.IsStopped)
            _gate.Drop();
    }
}
