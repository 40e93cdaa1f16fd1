using NUnit.Framework;
using Rival.BaseModel;

namespace Rival.Tests.BaseModel;

public sealed class BackgroundQueueTests
{
    /// <summary>Eight wait in the queue; the ninth is made and finds no room.</summary>
    private const int MostMadeAhead = 9;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    [Test]
    public void Take_ManyTimes_GivesEveryItemInTheOrderOfItsMaking()
    {
        int made = 0;
        using var queue = new BackgroundQueue<int>(() => made++);
        Assert.That(Enumerable.Range(0, 1000).Select(_ => queue.Take()), Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test]
    public void Dispose_OfAFullQueue_EndsTheProducer()
    {
        int made = 0;
        var queue = new BackgroundQueue<int>(() => Interlocked.Increment(ref made));
        Assert.That(SpinWait.SpinUntil(() => Volatile.Read(ref made) == MostMadeAhead, s_longest), "it works ahead");
        Assert.That(Task.Run(queue.Dispose).Wait(s_longest), "it ends");
        Thread.Sleep(20);
        Assert.That(made, Is.EqualTo(MostMadeAhead));
    }

    [Test]
    public void Dispose_WhileAnItemIsMade_WaitsForIt()
    {
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        bool done = false;
        var queue = new BackgroundQueue<int>(() =>
        {
            started.Set();
            release.Wait();
            done = true;
            return 1;
        });
        started.Wait();
        Task disposal = Task.Run(queue.Dispose);
        Assert.That(disposal.Wait(50), Is.False);
        release.Set();
        Assert.That(disposal.Wait(s_longest));
        Assert.That(done);
    }

    [Test]
    public void Take_AfterTheProducerFailed_GivesWhatWasMadeAndThenTheException()
    {
        int made = 0;
        var failure = new InvalidDataException("no more");
        var queue = new BackgroundQueue<int>(() => made < 3 ? made++ : throw failure);
        Assert.That(Enumerable.Range(0, 3).Select(_ => queue.Take()), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(() => queue.Take(), Throws.Exception.SameAs(failure));
        Assert.That(() => queue.Take(), Throws.Exception.SameAs(failure), "however often it is asked");
        Assert.That(queue.Dispose, Throws.Nothing);
    }
}
