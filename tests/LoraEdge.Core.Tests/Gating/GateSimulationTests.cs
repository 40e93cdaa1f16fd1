namespace LoraEdge.Tests.Gating;

/// <summary>What the gate promises, over many simulated people; ten times as many behind the category Full.</summary>
public sealed class GateSimulationTests
{
    private const int People = 200, Records = 1000;

    private static IEnumerable<TestCaseData> NullCandidates()
    {
        yield return Case("fixed, near", person => new SimulatedCandidate.Fixed(Random(person, 0.2)));
        yield return Case("fixed, far", person => new SimulatedCandidate.Fixed(Random(person, 1)));
        yield return Case("learning slowly", _ => new SimulatedCandidate.Learning(4, 0.01));
        yield return Case("learning fast", _ => new SimulatedCandidate.Learning(4, 0.3));
        yield return Case("sharpened", _ => new SimulatedCandidate.Tempered(1.2));
        yield return Case("sharpened much", _ => new SimulatedCandidate.Tempered(5));
        yield return Case("flattened", _ => new SimulatedCandidate.Tempered(0.8));
        yield return Case("overconfident", _ => new SimulatedCandidate.Overconfident());
    }

    [TestCaseSource(nameof(NullCandidates))]
    public void Null_IsPromotedForFivePercentAtMost_WheneverOneLooks(Func<SimulatedPerson, SimulatedCandidate> candidate) =>
        AssertNull(People, seed => new SimulatedPerson(seed, taste: 0), candidate);

    [Category("Full")]
    [Explicit("Minutes long.")]
    [TestCaseSource(nameof(NullCandidates))]
    public void Null_OverManyPeople_IsPromotedForFivePercentAtMost(Func<SimulatedPerson, SimulatedCandidate> candidate) =>
        AssertNull(10 * People, seed => new SimulatedPerson(seed, taste: 0), candidate);

    /// <summary>Equal inputs, many rare classes, and a candidate that overrates just these: it gains by each first occurrence.</summary>
    [Test]
    public void Null_WithEqualInputsAndOverratedRareTargets_IsPromotedForFivePercentAtMost()
    {
        double[] bias = [6, .. new double[40]], change = [0, .. Enumerable.Repeat(0.7, 40)];
        AssertNull(People, seed => new SimulatedPerson(seed, taste: 0, classes: 41, spread: 0) { Bias = bias }, _ => new SimulatedCandidate.Fixed(change));
    }

    [TestCase(0.3, 0.1, 0.25)]
    [TestCase(0.5, 0.3, 0.6)]
    [TestCase(1.0, 0.9, 0.95)]
    public void Power_OfACandidateThatLearns_GrowsWithTasteAndRecords(double taste, double at300, double at1000)
    {
        int[] decided = [.. Enumerable.Range(0, People).Select(seed => PromotedAt(new SimulatedPerson(seed, taste), new SimulatedCandidate.Learning(4, 0.02)))];
        double[] shares = [.. new[] { 100, 300, 1000 }.Select(count => decided.Count(one => one <= count) / (double)People)];
        TestContext.Out.WriteLine($"taste {taste}: {shares[0]:P0} by 100, {shares[1]:P0} by 300, {shares[2]:P0} by 1,000 records");
        Assert.That(shares[1], Is.GreaterThan(at300));
        Assert.That(shares[2], Is.GreaterThan(at1000));
    }

    [Test]
    public void Differences_WithHeavyTailsAndAMeanOfZero_ArePromotedForAFifthAtMost()
    {
        int promoted = Enumerable.Range(0, People).Count(seed => HeavyTails(seed, shift: 0));
        TestContext.Out.WriteLine($"{promoted} of {People}");
        Assert.That(promoted, Is.LessThanOrEqualTo(People / 5));
    }

    /// <summary>The rival is wrong, and the candidate is wrong in another way: a ratio of likelihoods alone would pass it sooner or later.</summary>
    [TestCase(0, 0.2)]
    [TestCase(-0.01, 0.05)]
    public void Differences_OfACandidateThatIsNoBetter_ArePromotedForFew(double mean, double most)
    {
        int promoted = Enumerable.Range(0, People).Count(seed => Promotes(seed, random => mean + (0.17 * Gaussian(random))));
        TestContext.Out.WriteLine($"{promoted} of {People}");
        Assert.That(promoted, Is.LessThanOrEqualTo(most * People));
    }

    [Test]
    public void Differences_WithHeavyTailsAndAMeanAboveZero_ArePromoted() =>
        Assert.That(Enumerable.Range(0, 50).Count(seed => HeavyTails(seed, shift: 0.1)), Is.GreaterThan(30));

    /// <summary>Better a little nearly always, terrible rarely, worse on the whole: what overconfidence looks like.</summary>
    [TestCase(0.05, -2.5, 0.1)]
    [TestCase(0.02, -2.5, 0.04)]
    [TestCase(0.1, -1.5, 0.15)]
    public void Candidate_RarelyTerrible_IsPromotedForAQuarterAtMost(double share, double terrible, double gain)
    {
        int promoted = Enumerable.Range(0, People).Count(seed => Promotes(seed, random => random.NextDouble() < share ? terrible : gain));
        TestContext.Out.WriteLine($"{promoted} of {People}, mean {(share * terrible) + ((1 - share) * gain):F3}");
        Assert.That(promoted, Is.LessThanOrEqualTo(People / 4));
    }

    private static void AssertNull(int people, Func<int, SimulatedPerson> person, Func<SimulatedPerson, SimulatedCandidate> candidate)
    {
        int promoted = Enumerable.Range(0, people).Select(person).Count(one => PromotedAt(one, candidate(one)) <= Records);
        TestContext.Out.WriteLine($"{promoted} of {people} promoted");
        Assert.That(promoted, Is.LessThanOrEqualTo(Allowed(people)));
    }

    /// <summary>5% and three standard deviations of the count.</summary>
    private static double Allowed(int people) => (0.05 * people) + (3 * Math.Sqrt(0.05 * 0.95 * people));

    private static int PromotedAt(SimulatedPerson person, SimulatedCandidate candidate)
    {
        var gate = new PromotionGate(LossKind.CrossEntropy, new GateOptions { StopAfter = int.MaxValue });
        for (int i = 1; i <= Records; i++)
        {
            (double[] logits, int target) = person.Draw();
            double baseLoss = SimulatedPerson.Loss(logits, target), candidateLoss = SimulatedPerson.Loss(candidate.Logits(logits), target);
            if (gate.Add(baseLoss, null, candidateLoss, person.Hash(i, target)) == GateDecision.Promote)
                return i;
            candidate.Learn(logits, target);
        }

        return int.MaxValue;
    }

    /// <summary>Cauchy differences: no mean exists, and single ones are as large as all the rest.</summary>
    private static bool HeavyTails(int seed, double shift) =>
        Promotes(seed, random => shift + (0.1 * Math.Tan(Math.PI * (random.NextDouble() - 0.5))));

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static bool Promotes(int seed, Func<Random, double> difference)
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        var random = new Random(seed);
        return Enumerable.Range(0, Records).Any(_ => gate.Add(difference(random)) == GateDecision.Promote);
    }

    private static double[] Random(SimulatedPerson person, double deviation) => [.. person.Taste.Select(_ => deviation * person.Gaussian())];

    private static TestCaseData Case(string name, Func<SimulatedPerson, SimulatedCandidate> candidate) => new TestCaseData(candidate).SetArgDisplayNames(name);
}
