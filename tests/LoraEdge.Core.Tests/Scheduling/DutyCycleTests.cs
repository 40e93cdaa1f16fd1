namespace LoraEdge.Tests.Scheduling;

/// <summary>The share of its time that training works, given how the host's frames go.</summary>
public sealed class DutyCycleTests
{
    private static readonly TimeSpan s_frame = TimeSpan.FromSeconds(1.0 / 60);

    private FakeClock _clock = null!;
    private DutyCycle _duty = null!;

    [SetUp]
    public void Begin() => (_clock, _duty) = (new FakeClock(), new DutyCycle(allowedRise: 0.05));

    [Test]
    public void WithoutFrames_TrainingMayWorkAllTheTime() => Assert.That(_duty.Share(_clock.Elapsed), Is.EqualTo(1));

    [Test]
    public void WhenTheHostStopsReporting_TrainingMayWorkAllTheTime()
    {
        Frames(600, _ => 4);
        Assert.That(_duty.Share(_clock.Elapsed), Is.LessThan(1));

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(_duty.Share(_clock.Elapsed), Is.EqualTo(1));
    }

    [Test]
    public void TheFirstTrainedFrames_MakeTrainingPauseForABaseline()
    {
        _duty.IsWorking = true;
        Frames(2, _ => 4);

        Assert.That(_duty.Share(_clock.Elapsed), Is.Zero);

        _duty.IsWorking = false;
        Frames(62, _ => 4);

        Assert.That(_duty.Share(_clock.Elapsed), Is.GreaterThan(0));
        Assert.That(_duty.Baseline, Is.EqualTo(0.004).Within(1e-9));
    }

    [Test]
    public void OnTimeFrames_RaiseTheShareByAFixedAmountAWindow()
    {
        Baseline();
        double before = Share;
        Frames(60, _ => 4);
        double once = Share;
        Frames(60, _ => 4);

        Assert.That((once - before, Share - once), Is.EqualTo((0.1, 0.1)).Using<double>((a, b) => Math.Abs(a - b) < 1e-9));
    }

    [Test]
    public void SlowFrames_HalveTheShare()
    {
        Baseline();
        Frames(180, _ => 4);
        double before = Share;

        Frames(60, i => i % 10 == 0 ? 4.3 : 4);

        Assert.That(Share, Is.EqualTo(before / 2).Within(1e-9), "one frame in ten is 7% slower, which is above the 95th percentile's 5%");
    }

    [Test]
    public void RareSlowFrames_DoNotCount()
    {
        Baseline();
        double before = Share;

        Frames(60, i => i is 7 or 31 ? 12 : 4);

        Assert.That(Share, Is.GreaterThan(before));
    }

    [Test]
    public void AHostThatGetsSlowerByItself_GetsANewBaselineAndTrainingRecovers()
    {
        Baseline();
        Frames(600, _ => 4);
        SimulateThread(60 * 120, _ => 8);

        Assert.That(_duty.Baseline, Is.EqualTo(0.008).Within(1e-9));
        Assert.That(Share, Is.GreaterThan(0.5));
    }

    [Test]
    public void InALoopWhereTrainingCostsFrames_TheShareSettlesBelowWhatHurts()
    {
        // Frames slow down by a tenth once training works more than half of its time.
        var shares = new List<double>();
        Baseline();
        SimulateThread(60 * 300, share => share > 0.5 ? 4.4 : 4, shares);

        Assert.That(shares.Skip(6000).Average(), Is.InRange(0.2, 0.55));
        Assert.That(shares.Skip(6000).Count(share => share > 0.5) / (double)(shares.Count - 6000), Is.LessThan(0.4));
    }

    private double Share => _duty.Share(_clock.Elapsed);

    private void Baseline()
    {
        _duty.IsWorking = false;
        Frames(62, _ => 4);
        _duty.IsWorking = true;
    }

    private void Frames(int count, Func<int, double> milliseconds)
    {
        for (int i = 0; i < count; i++)
        {
            _clock.Advance(s_frame);
            _duty.AddFrame(TimeSpan.FromMilliseconds(milliseconds(i)), _clock.Elapsed);
        }
    }

    /// <summary>A training thread that always has something to do, and stops working while its share is zero.</summary>
    private void SimulateThread(int frames, Func<double, double> milliseconds, List<double>? shares = null)
    {
        for (int i = 0; i < frames; i++)
        {
            double share = Share;
            shares?.Add(share);
            _duty.IsWorking = share > 0;
            Frames(1, _ => milliseconds(share));
        }
    }
}
