namespace LoraEdge.Tests.Scheduling;

/// <summary>How long the next slice is expected to take.</summary>
public sealed class SliceEstimateTests
{
    private SliceEstimate _estimate = null!;

    [SetUp]
    public void Begin() => _estimate = new SliceEstimate();

    [Test]
    public void BeforeTheFirstSlice_NothingIsKnown() => Assert.That(_estimate.Next, Is.EqualTo(TimeSpan.Zero));

    [Test]
    public void EqualSlices_AreExpectedToTakeAlittleMore()
    {
        Add(100, 1);

        Assert.That(_estimate.Next.TotalMilliseconds, Is.InRange(1, 1.1));
    }

    [Test]
    public void OneSliceInTwentyThatIsSlow_IsExpected()
    {
        for (int i = 0; i < 10; i++)
        {
            Add(19, 1);
            Add(1, 3);
        }

        Assert.That(_estimate.Next.TotalMilliseconds, Is.GreaterThan(3));
    }

    [Test]
    public void AnEstimateThatKeepsSlicesFromRunning_ShrinksToTheMedian()
    {
        Add(60, 1);
        Add(4, 20);
        Assert.That(_estimate.Next.TotalMilliseconds, Is.GreaterThan(20));

        for (int i = 0; i < 500; i++)
            _estimate.Refused();

        Assert.That(_estimate.Next.TotalMilliseconds, Is.InRange(1, 1.1), "or one slow moment would end training for good");
    }

    [Test]
    public void AGuess_ShrinksAsFarAsItHasTo_AndTheFirstSliceReplacesIt()
    {
        _estimate.Guess(TimeSpan.FromSeconds(3));
        Assert.That(_estimate.Next.TotalSeconds, Is.InRange(3, 3.3));

        for (int i = 0; i < 500; i++)
            _estimate.Refused();
        Assert.That(_estimate.Next.TotalMilliseconds, Is.LessThan(1), "a thread of low priority may have waited for the processor all the while");

        Add(1, 2);
        Assert.That(_estimate.Next.TotalMilliseconds, Is.InRange(2, 2.2));
    }

    [Test]
    public void BeginningAnew_ForgetsSlowSlices()
    {
        Add(64, 50);

        _estimate.BeginAnew(TimeSpan.FromMilliseconds(1));
        Add(1, 1);

        Assert.That(_estimate.Next.TotalMilliseconds, Is.InRange(1, 1.1));
    }

    private void Add(int count, double milliseconds)
    {
        for (int i = 0; i < count; i++)
            _estimate.Add(TimeSpan.FromMilliseconds(milliseconds));
    }
}
