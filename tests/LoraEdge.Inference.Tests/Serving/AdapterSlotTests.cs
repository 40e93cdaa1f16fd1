using System.Collections.Concurrent;

namespace LoraEdge.Inference.Tests;

/// <summary>Swapping adapters under running inferences.</summary>
public sealed class AdapterSlotTests
{
    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(8 * 8, seed: 2), 8, 8) };

    [Test]
    public void Publish_NullAfterAnAdapter_GivesTheBaseModelsBitsAgain()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterSlot slot = model.Open();
        byte[] before = slot.Run(s_inputs)["logits"].Bytes;
        Adapter adapter = RandomAdapter.For(model.Model);

        slot.Publish(adapter);
        byte[] adapted = slot.Run(s_inputs)["logits"].Bytes;
        Assert.That(slot.Adapter, Is.SameAs(adapter));
        slot.Publish(null);

        Assert.That(slot.Adapter, Is.Null);
        Assert.That(adapted, Is.Not.EqualTo(before));
        Assert.That(slot.Run(s_inputs)["logits"].Bytes, Is.EqualTo(before));
    }

    [Test]
    public void Publish_TheSameAdapterTwice_GivesTheSameBits()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterSlot first = model.Open(), second = model.Open();
        first.Publish(RandomAdapter.For(model.Model));
        second.Publish(RandomAdapter.For(model.Model, seed: 99));
        second.Publish(RandomAdapter.For(model.Model));

        Assert.That(second.Run(s_inputs)["logits"].Bytes, Is.EqualTo(first.Run(s_inputs)["logits"].Bytes));
    }

    [Test]
    public void Publish_AdapterOfAnotherModel_KeepsThePresentOne()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterSlot slot = model.Open();
        Adapter present = RandomAdapter.For(model.Model);
        slot.Publish(present);
        byte[] before = slot.Run(s_inputs)["logits"].Bytes;

        Assert.That(() => slot.Publish(RandomAdapter.For(TinyModels.Policy(seed: 50))), Throws.TypeOf<AdapterMismatchException>());

        Assert.That(slot.Adapter, Is.SameAs(present));
        Assert.That(slot.Run(s_inputs)["logits"].Bytes, Is.EqualTo(before));
    }

    [Test, CancelAfter(60_000)]
    public void Run_OnFourThreadsWhileAdaptersAreSwapped_AlwaysServesOneOfThemWhole(CancellationToken timeout)
    {
        using var model = new ServingModel(TwoHeads.Model());
        using AdapterSlot slot = model.Open();
        Adapter?[] adapters = [null, RandomAdapter.For(model.Model, 0.5, seed: 1), RandomAdapter.For(model.Model, 0.5, seed: 2)];
        string[] whole = [.. adapters.Select(adapter => Served(model, adapter))];
        Assert.That(whole, Is.Unique);
        var seen = new ConcurrentDictionary<string, int>();
        int swaps = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);

        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => Read(slot, seen, stop.Token), TaskCreationOptions.LongRunning))];
        while (swaps < 300 || (seen.Count < whole.Length && !timeout.IsCancellationRequested))
            slot.Publish(adapters[swaps++ % adapters.Length]);
        stop.Cancel();
        Task.WaitAll(readers, CancellationToken.None);

        Assert.That(seen.Keys, Is.SubsetOf(whole));
        Assert.That(seen, Has.Count.EqualTo(whole.Length), "every adapter should have been seen in use");
    }

    [Test, CancelAfter(60_000)]
    public void Dispose_WhileOthersRun_LetsThemFinishAndRefusesNewRuns(CancellationToken timeout)
    {
        for (int round = 0; round < 20; round++)
        {
            using var model = new ServingModel(TinyModels.Policy());
            AdapterSlot slot = model.Open();
            slot.Publish(RandomAdapter.For(model.Model));
            using var running = new CountdownEvent(2);
            Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => RunUntilDisposed(slot, running, timeout), TaskCreationOptions.LongRunning))];
            running.Wait(timeout);

            slot.Dispose();

            Task.WaitAll(readers, timeout);
            Assert.That(() => slot.Run(s_inputs), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => slot.Publish(null), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(model.Base.Run(s_inputs), Is.Not.Empty, "the model outlives its slots");
        }
    }

    [Test]
    public void Swap_DisposesTheSessionBeforeAndNotTheBase()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterSlot slot = model.Open();
        MergedSession first = model.Build(RandomAdapter.For(model.Model, seed: 1)), second = model.Build(RandomAdapter.For(model.Model, seed: 2));

        slot.Swap(first);
        slot.Swap(second);

        Assert.That(() => first.Run(s_inputs), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => second.Run(s_inputs), Throws.Nothing);
        Assert.That(() => model.Base.Run(s_inputs), Throws.Nothing);
    }

    [Test]
    public void Swap_AfterDispose_DisposesTheSession()
    {
        using var model = new ServingModel(TinyModels.Policy());
        AdapterSlot slot = model.Open();
        slot.Dispose();
        MergedSession late = model.Build(RandomAdapter.For(model.Model));

        Assert.That(() => slot.Swap(late), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => late.Run(s_inputs), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Run_AfterTheModelWasDisposed_SaysSo()
    {
        var model = new ServingModel(TinyModels.Policy());
        AdapterSlot slot = model.Open();
        model.Dispose();

        Assert.That(() => slot.Run(s_inputs), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => slot.Run(s_inputs, "logits", new float[32]), Throws.TypeOf<ObjectDisposedException>());
    }

    private static string Served(ServingModel model, Adapter? adapter)
    {
        using MergedSession session = adapter is null ? new MergedSession(model.Model) : model.Build(adapter);
        return Describe(session.Run(s_inputs));
    }

    private static string Describe(IReadOnlyDictionary<string, HostTensor> outputs) =>
        Convert.ToHexString([.. outputs["left"].Bytes, .. outputs["right"].Bytes]);

    private static void Read(AdapterSlot slot, ConcurrentDictionary<string, int> seen, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            seen.AddOrUpdate(Describe(slot.Run(s_inputs)), 1, (_, count) => count + 1);
    }

    private static void RunUntilDisposed(AdapterSlot slot, CountdownEvent running, CancellationToken timeout)
    {
        slot.Run(s_inputs);
        running.Signal();
        try
        {
            while (!timeout.IsCancellationRequested)
                slot.Run(s_inputs);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        timeout.ThrowIfCancellationRequested();
    }
}
