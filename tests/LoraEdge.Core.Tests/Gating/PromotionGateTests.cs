namespace LoraEdge.Tests.Gating;

/// <summary>The gate's decisions on losses made up for the purpose.</summary>
public sealed class PromotionGateTests
{
    [Test]
    public void Gate_AtTheStart_GathersAndNeedsWhatAlphaAsks()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        Assert.That(gate.Shadow with { EvidenceNeeded = 0 }, Is.EqualTo(new ShadowScore(0, 0, 0, new Advantage(0, 1), null, 0)));
        Assert.That(gate.Shadow.EvidenceNeeded, Is.EqualTo(Math.PI * Math.PI / 6 / 0.05).Within(1e-9));
    }

    [TestCase(0.1)]
    [TestCase(0.3)]
    [TestCase(1)]
    public void Candidate_BetterByTheSameAmountEachTime_IsPromotedWhenRatioAndWealthByHandSaySo(double better)
    {
        double Wealth(int records, params double[] shares) => shares.Average(share => Math.Pow(1 + Math.Min(share * better, 0.95), records));
        bool Convinces(int n) => Math.Exp(n * better) >= Math.PI * Math.PI / 6 / 0.05 && Wealth(n, 0.2, 0.4, 0.9) >= 5 && Wealth(n, 0.0625, 0.125, 0.25) >= 1.75;
        var gate = new PromotionGate(LossKind.CrossEntropy, new GateOptions { MinimumRecords = 1 });
        Assert.That(gate.Decide(better), Is.EqualTo((GateDecision.Promote, Enumerable.Range(1, 1000).First(Convinces))));
    }

    [Test]
    public void Regression_BetterByTheSameAmountEachTime_IsPromotedWhenTheWealthByHandSaysSo()
    {
        // Differences are a quarter of the scale, and the first eight only set it.
        static double Wealth(int records, params double[] shares) => shares.Average(share => Math.Pow(1 + (share * 0.25), records - 8));
        int expected = Enumerable.Range(9, 1000).First(n => Wealth(n, 0.2, 0.4, 0.9) >= Math.PI * Math.PI / 6 / 0.05 && Wealth(n, 0.0625, 0.125, 0.25) >= 3);
        var gate = new PromotionGate(LossKind.MeanSquaredError, new GateOptions { MinimumRecords = 1 });
        Assert.That(gate.Decide(0.5), Is.EqualTo((GateDecision.Promote, expected)));
    }

    [Test]
    public void Candidate_MuchBetter_WaitsForTheMinimumOfRecords() =>
        Assert.That(new PromotionGate(LossKind.CrossEntropy).Decide(5), Is.EqualTo((GateDecision.Promote, 64)));

    [Test]
    public void Candidate_BetterThanBaseAndAsGoodAsTheAdapterInUse_IsNotPromoted() =>
        Assert.That(new PromotionGate(LossKind.CrossEntropy).Decide(1, overUsed: 0), Is.EqualTo((GateDecision.Reject, 3000)));

    [Test]
    public void Candidate_BetterThanBaseAndWorseThanTheAdapterInUse_IsRejectedForThat()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        Assert.That(gate.Decide(1, overUsed: -0.2).Decision, Is.EqualTo(GateDecision.Reject));
        Assert.That(gate.LastRejection, Is.EqualTo(RejectionReason.WorseThanUsed));
    }

    [Test]
    public void Candidate_BetterThanTheAdapterInUseAndWorseThanBase_IsRejectedForThat()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        Assert.That(gate.Decide(-0.2, overUsed: 1).Decision, Is.EqualTo(GateDecision.Reject));
        Assert.That(gate.LastRejection, Is.EqualTo(RejectionReason.WorseThanBase));
    }

    [Test]
    public void Candidate_BetterThanBoth_IsPromoted() =>
        Assert.That(new PromotionGate(LossKind.CrossEntropy).Decide(0.5, overUsed: 0.2).Decision, Is.EqualTo(GateDecision.Promote));

    [Test]
    public void Candidate_OftenBetterAndRarelyTerrible_IsNotPromoted()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        for (int i = 0; i < 900; i++)
            Assert.That(gate.Add(i % 30 == 10 ? -1000 : 0.5), Is.EqualTo(GateDecision.Gather), "the bets do not see it, the plain mean does");
    }

    [Test]
    public void Candidate_ThatWasBetterAndNoLongerIs_IsNotPromoted()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy, new GateOptions { MinimumRecords = 100 });
        for (int i = 0; i < 60; i++)
            gate.Add(0.2);
        for (int i = 0; i < 60; i++)
            Assert.That(gate.Add(-0.1), Is.Not.EqualTo(GateDecision.Promote));
    }

    [Test]
    public void ThousandCopiesOfOneRecord_AreNoEvidence()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        RecordHash record = Scores.NewRecord();
        for (int i = 0; i < 999; i++)
            Assert.That(gate.Add(10, null, 0, record), Is.EqualTo(GateDecision.Gather));
        Assert.That(gate.Shadow.EffectiveRecords, Is.LessThan(2));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    [TestCase(-1e300)]
    public void CandidateLoss_ThatIsNoUsableNumber_RejectsAtOnce(double loss)
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        Assert.That(gate.Add(1, null, loss, Scores.NewRecord()), Is.EqualTo(GateDecision.Reject));
        Assert.That(gate.LastRejection, Is.EqualTo(RejectionReason.NotFinite));
    }

    [TestCase(double.NaN, 1)]
    [TestCase(double.PositiveInfinity, 1)]
    [TestCase(1, double.NaN)]
    [TestCase(1, double.PositiveInfinity)]
    [TestCase(double.NaN, double.NaN)]
    public void RivalLoss_ThatIsNoNumber_IsNoEvidence(double baseLoss, double usedLoss)
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        for (int i = 0; i < 500; i++)
            Assert.That(gate.Add(baseLoss, usedLoss, 0, Scores.NewRecord()), Is.EqualTo(GateDecision.Gather));
        Assert.That(gate.Shadow, Has.Property("UnusableRecords").EqualTo(500).And.Property("EffectiveRecords").Zero);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    public void Weight_OfNothing_CountsAsNothing(double weight)
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        for (int i = 0; i < 100; i++)
            gate.Add(10, null, 0, Scores.NewRecord(), weight);
        Assert.That(gate.Shadow.OverBase.Evidence, Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Weight_AboveOne_CountsAsOne()
    {
        PromotionGate one = new(LossKind.CrossEntropy), many = new(LossKind.CrossEntropy);
        one.Add(1, null, 0.5, Scores.NewRecord());
        many.Add(1, null, 0.5, Scores.NewRecord(), double.PositiveInfinity);
        Assert.That(many.Shadow, Is.EqualTo(one.Shadow));
    }

    [Test]
    public void Regression_IsJudgedBySignAndSpread_NotByUnit()
    {
        int[] records = [.. new[] { 1e-9, 1, 1e9 }.Select(unit => DecideRegression(unit))];
        Assert.That(records, Is.All.EqualTo(records[0]).And.All.LessThan(200));
    }

    [Test]
    public void Promoted_StartsEvidenceAgain()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        gate.Decide(0.5);
        gate.Promoted();
        Assert.That((gate.Promotions, gate.Shadow.Records, gate.Shadow.OverBase.Evidence), Is.EqualTo((1, 0, 1.0)));
    }

    private static int DecideRegression(double unit)
    {
        var gate = new PromotionGate(LossKind.MeanSquaredError);
        var random = new Random(5);
        for (int i = 1; i <= 1000; i++)
        {
            if (gate.Add(3 * unit, null, (3 - (0.5 + (random.NextDouble() * 2) - 1)) * unit, Scores.NewRecord()) == GateDecision.Promote)
                return i;
        }

        return int.MaxValue;
    }
}
